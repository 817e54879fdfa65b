package io.reckon.jobs.cli;

import io.reckon.jobs.tables.AnsweredPrompt;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** One prompt with its trace and its answer, laid out for a person. */
final class AnswerBlock {
  private static final int WIDTH = 88;
  private static final int MOST_TRACE_LINES = 6;

  private AnswerBlock() {}

  static void print(AnsweredPrompt row, PrintWriter out) {
    out.println();
    out.println(row.promptId());
    section(out, "prompt", head(Texts.wrap(row.prompt(), WIDTH)));
    section(out, "reasoning", head(Texts.wrap(joinShortLines(row.reasoning()), WIDTH)));
    if (row.answered()) {
      section(out, "answer", head(Texts.wrap(row.answer(), WIDTH)));
    } else {
      String error = row.errorCode() + ": " + row.errorMessage();
      section(out, "error", head(Texts.wrap(error, WIDTH)));
    }
  }

  /** Steps of a few characters each stand side by side. */
  private static String joinShortLines(String trace) {
    boolean steps = trace.lines().mapToInt(String::length).max().orElse(0) <= WIDTH / 2;
    return steps ? trace.strip().replaceAll("\\R+", "  ") : trace;
  }

  private static List<String> head(List<String> lines) {
    if (lines.size() <= MOST_TRACE_LINES) {
      return lines;
    }
    List<String> shown = new ArrayList<>(lines.subList(0, MOST_TRACE_LINES));
    shown.add("… and " + (lines.size() - MOST_TRACE_LINES) + " more lines");
    return shown;
  }

  private static void section(PrintWriter out, String name, List<String> lines) {
    if (lines.equals(List.of(""))) {
      return;
    }
    String label = name;
    for (String line : lines) {
      out.printf("  %-10s %s%n", label, line);
      label = "";
    }
  }
}

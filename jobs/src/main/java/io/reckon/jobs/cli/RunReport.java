package io.reckon.jobs.cli;

import io.reckon.jobs.infer.RunSummary;
import io.reckon.jobs.infer.RunSummary.Accuracy;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import io.reckon.jobs.infer.RunSummary.RunCount;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.page.Figures;
import java.io.PrintWriter;
import java.util.OptionalLong;

/** What a person reads at the end of a run. */
final class RunReport {
  private final PrintWriter out;

  RunReport(PrintWriter out) {
    this.out = out;
  }

  void print(RunSummary summary) {
    summary.examples().forEach(row -> AnswerBlock.print(row, out));
    accuracy(summary.accuracy());
    out.println();
    count(summary);
    tables(summary.output());
    summary.report().ifPresent(file -> out.println("report:\n  " + onThisMachine(file)));
  }

  private void count(RunSummary summary) {
    RunCount count = summary.count();
    long before = summary.asked() - count.rows();
    out.printf(
        "%s, %s%s answered, %s failed%s, in %s%n",
        asked(summary),
        before > 0 ? Texts.count(before) + " done before, " : "",
        Texts.count(count.rows() - count.failedRows()),
        Texts.count(count.failedRows()),
        count.failedRows() == 0 ? "" : " " + count.errors(),
        Texts.duration(summary.elapsed().toMillis() / 1e3));
    if (before > 0 && count.rows() == 0) {
      out.printf(
          "nothing was left to do; 'reckon show --output %s' prints the answers%n",
          onThisMachine(summary.output()));
      return;
    }
    out.printf(
        "%s tokens generated (%s of them reasoning), %s tokens/s%s%n",
        Texts.count(count.generatedTokens()),
        Texts.count(count.reasoningTokens()),
        Texts.count(Math.round(summary.tokensPerSecond())),
        peakMemory());
    if (summary.cost() > 0) {
      out.printf(
          "cost %s, at the price of a GPU-hour that was given%n", Figures.price(summary.cost()));
    }
  }

  /** Answers are told from prompts only where there is more than one to a prompt. */
  private static String asked(RunSummary summary) {
    String prompts =
        summary.prompts() == 1 ? "1 prompt" : Texts.count(summary.prompts()) + " prompts";
    return summary.asked() == summary.prompts()
        ? prompts
        : Texts.count(summary.asked()) + " samples of " + prompts;
  }

  private static String peakMemory() {
    OptionalLong peak = ProcessMemory.peakBytes();
    return peak.isEmpty() ? "" : "; peak memory of this process " + Texts.bytes(peak.getAsLong());
  }

  private void tables(String output) {
    String folder = onThisMachine(output);
    out.println("tables:");
    for (ReckonTable table : ReckonTable.values()) {
      out.println("  " + folder + "/" + table.folder());
    }
  }

  /** A path on this machine without its scheme; an address elsewhere as it is. */
  static String onThisMachine(String address) {
    return address.replaceFirst("^file:/+", "/");
  }

  private void accuracy(Accuracy accuracy) {
    if (accuracy.families().isEmpty()) {
      return;
    }
    out.println();
    TextTable table =
        new TextTable(40, "family", "prompts>", "right>", "right %>", "trace right %>");
    FamilyAccuracy total = accuracy.more();
    for (FamilyAccuracy family : accuracy.families()) {
      add(table, family.family().isEmpty() ? "(no family)" : family.family(), family);
      total = sum(total, family);
    }
    if (accuracy.moreFamilies() > 0) {
      add(
          table,
          accuracy.moreFamilies() == 1
              ? "(1 more family)"
              : "(%s more families)".formatted(Texts.count(accuracy.moreFamilies())),
          accuracy.more());
    }
    add(table, "all", total);
    table.print(out);
  }

  private static void add(TextTable table, String name, FamilyAccuracy family) {
    table.add(
        name,
        Texts.count(family.total()),
        Texts.count(family.right()),
        Texts.percent(family.right(), family.total()),
        Texts.percent(family.rightTraces(), family.traced()));
  }

  private static FamilyAccuracy sum(FamilyAccuracy a, FamilyAccuracy b) {
    return new FamilyAccuracy(
        a.family(),
        a.total() + b.total(),
        a.right() + b.right(),
        a.traced() + b.traced(),
        a.rightTraces() + b.rightTraces());
  }
}

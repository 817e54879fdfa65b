package io.reckon.jobs.cli;

import io.reckon.jobs.UserError;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.AnsweredPrompt;
import io.reckon.jobs.tables.OutputFolder;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints answers with their traces. */
@Command(
    name = "show",
    description =
        "Prints the current answers of an output folder, joined with their traces; before the"
            + " samples of a prompt its vote.")
final class ShowCommand implements Callable<Integer> {
  private static final int TABLE_ROWS = 20;
  private static final int ALL = 0;
  private static final int UNSAID = -1;

  /** How rows are printed. */
  enum Format {
    TABLE,
    JSONL
  }

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder that infer wrote.")
  private String output;

  @Option(
      names = "--format",
      paramLabel = "table|jsonl",
      defaultValue = "table",
      description = "A table for the eye, or whole rows as JSON lines (default: table).")
  private Format format;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "" + UNSAID,
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Most rows, 0 for all (default: " + TABLE_ROWS + " in a table, all as JSON lines).")
  private int limit;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (limit < UNSAID) {
      throw new UserError("--limit is " + limit + "; give 1 or more, or 0 for all rows");
    }
    try (SparkHost spark = SparkHost.open()) {
      Dataset<Row> answers =
          AnswerReader.currentWithVotes(OutputFolder.at(spark.session(), output))
              .orderBy("prompt_id", "sample");
      print(answers);
    }
    return ExitCode.DONE;
  }

  private int mostRows() {
    return limit != UNSAID ? limit : format == Format.TABLE ? TABLE_ROWS : ALL;
  }

  private void print(Dataset<Row> answers) {
    PrintWriter out = spec.commandLine().getOut();
    if (format == Format.JSONL) {
      Dataset<Row> most = mostRows() == ALL ? answers : answers.limit(mostRows());
      most.toJSON().toLocalIterator().forEachRemaining(out::println);
    } else {
      printTable(answers, out);
    }
  }

  /** Looks for one row more than it prints, to say whether that is all. */
  private void printTable(Dataset<Row> answers, PrintWriter out) {
    TextTable table = new TextTable(60, "id", "sample>", "ended", "tokens>", "answer", "reasoning");
    int most = mostRows();
    Iterator<Row> rows = (most == ALL ? answers : answers.limit(most + 1)).toLocalIterator();
    for (int i = 0; rows.hasNext() && (most == ALL || i < most); i++) {
      Row columns = rows.next();
      AnsweredPrompt row = AnsweredPrompt.of(columns);
      boolean vote = row.voteShare().isPresent();
      table.add(
          row.promptId(),
          vote ? "" : columns.<Integer>getAs("sample"),
          vote ? vote(row) : row.finishReason(),
          vote ? "" : row.reasoningTokens() + row.answerTokens(),
          row.answered() ? row.answer() : row.errorCode() + ": " + row.errorMessage(),
          row.reasoning());
    }
    table.print(out);
    if (rows.hasNext()) {
      out.println("... and more; --limit N prints N rows, --limit 0 all of them");
    }
  }

  private static String vote(AnsweredPrompt row) {
    return String.format(Locale.ROOT, "vote, %.0f %%", 100 * row.voteShare().getAsDouble());
  }
}

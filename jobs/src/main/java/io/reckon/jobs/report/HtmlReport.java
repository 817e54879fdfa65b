package io.reckon.jobs.report;

import static org.apache.spark.sql.functions.max;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.jobs.UserError;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.Path;

/** Writes the report of a run beside its tables. */
public final class HtmlReport {
  private static final JsonMapper JSON = new JsonMapper();

  private HtmlReport() {}

  /**
   * Writes it, in the place of one that is there.
   *
   * @param runId a run whose row stands in the table of runs
   * @return where it lies
   * @throws UserError where that table does not know the run
   */
  public static String write(OutputFolder output, String runId) throws IOException {
    String page = ReportPage.of(new FigureQueries(output, runId).read(), output.toString());
    Path file = new Path(output.reports(), runId + ".html");
    try (OutputStream out = output.files().create(file, true)) {
      out.write(page.getBytes(StandardCharsets.UTF_8));
    }
    return file.toString();
  }

  /**
   * The run that began last.
   *
   * @throws UserError where there is none
   */
  public static String newestRun(OutputFolder output) {
    String runId = output.read(ReckonTable.RUNS).agg(max("run_id")).head().getString(0);
    if (runId == null) {
      throw new UserError(
          "no run has ended in '%s' yet; a run can be reported once it has".formatted(output));
    }
    return runId;
  }

  /** A configuration as its run has written it, a line for each option. */
  static String indented(String json) {
    try {
      return JSON.readTree(json).toPrettyString();
    } catch (JsonProcessingException e) {
      return json;
    }
  }
}

package io.reckon.jobs.infer;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_keys;
import static org.apache.spark.sql.functions.size;

import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.checkpoint.Fingerprint;
import io.reckon.jobs.commit.StateFolder;
import io.reckon.jobs.plan.RunScope;
import io.reckon.jobs.source.ChangedPrompts;
import io.reckon.jobs.source.PromptOptions;
import io.reckon.jobs.source.PromptSource;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.source.SourceState;
import io.reckon.jobs.source.SourceState.OfFiles;
import io.reckon.jobs.source.SourceState.OfTable;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.RequestKeyColumn;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads of a source only what is new since a run that left nothing of it undone.
 *
 * <p>INVARIANT: what is read changes what a run looks at, never what it finds to do. A run is gone
 * on from where it asked the same of the same source (its scope), ended well, and no row it made is
 * one to do again; everything else has all rows read and compared with what is done.
 */
final class SinceLastRun {
  private static final Logger LOG = LoggerFactory.getLogger(SinceLastRun.class);

  private final SparkSession spark;
  private final PromptOptions source;
  private final OutputFolder output;
  private final StateFolder state;

  /** Where the source stood before any of it was read. */
  private final SourceState now;

  private final RunScope scope;

  /** Of the table of runs when it was looked at. */
  private final long runsVersion;

  private SinceLastRun(
      SparkSession spark,
      InferOptions options,
      ModelDescription model,
      OutputFolder output,
      StateFolder state) {
    this.spark = spark;
    this.source = options.prompts();
    this.output = output;
    this.state = state;
    this.now = SourceState.look(spark, source);
    this.scope = scope(now, options, model);
    this.runsVersion = output.version(ReckonTable.RUNS);
  }

  /** Looks at the source; reads no row of it. */
  static SinceLastRun look(
      SparkSession spark,
      InferOptions options,
      ModelDescription model,
      OutputFolder output,
      StateFolder state) {
    return new SinceLastRun(spark, options, model, output, state);
  }

  /** Names the runs that ask the same of the same source. */
  RunScope scope() {
    return scope;
  }

  /**
   * What is new, or everything where that is not to be told.
   *
   * @throws io.reckon.jobs.UserError where the source is at fault
   */
  Prompts read() throws IOException {
    Optional<Row> settled = settledRun();
    if (settled.isEmpty()) {
      return everything("no run before has left this source settled under these options");
    }
    String runId = settled.get().getString(0);
    if (othersFailedAfter(runId)) {
      return everything("a run under other options has left failed rows since run " + runId);
    }
    try {
      return since(runId, settled.get());
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      LOG.debug("What is new since run {} can't be read", runId, e);
      return everything(
          "what is new since run %s can't be read: %s"
              .formatted(runId, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    }
  }

  /** Whether another run has ended since this looked, and may have left something to do again. */
  boolean isOvertaken() {
    return output.version(ReckonTable.RUNS) != runsVersion;
  }

  /** To be called before the row of a run that has settled all rows is written. */
  void remember(String runId) throws IOException {
    if (now instanceof OfFiles files) {
      state.remember(scope.toString(), runId, files.stamps());
    }
  }

  /** To be called when the row of that run is written. */
  void forgetBefore(String runId) {
    if (now instanceof OfFiles) {
      try {
        state.forgetBefore(scope.toString(), runId);
      } catch (IOException e) {
        LOG.warn("What earlier runs remember of the source's files stays; it does no harm", e);
      }
    }
  }

  private Prompts since(String runId, Row settled) throws IOException {
    if (now instanceof OfTable table) {
      long version = settled.getLong(1);
      LOG.info("Reads what versions {} to {} have changed", version + 1, table.version());
      return ChangedPrompts.of(spark, source, table.at(version), table);
    }
    Optional<Map<String, String>> stamps = state.recall(scope.toString(), runId);
    if (stamps.isEmpty()) {
      return everything("what run %s remembered of the files is gone".formatted(runId));
    }
    LOG.info("Reads the files that are new or changed since run {}", runId);
    return ChangedPrompts.of(spark, source, new OfFiles(stamps.get()), (OfFiles) now);
  }

  private Prompts everything(String reason) {
    LOG.info("Reads the whole source and compares: {}", reason);
    return PromptSource.read(spark, source);
  }

  /** Id and source version of the newest run to go on from. */
  private Optional<Row> settledRun() {
    if (!output.has(ReckonTable.ANSWERS)) {
      return Optional.empty();
    }
    Dataset<Row> settled =
        output
            .rows(ReckonTable.RUNS)
            .where(col("scope").equalTo(scope.toString()).and(col("settled")));
    return settled
        .orderBy(col("run_id").desc())
        .select("run_id", "source_version")
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst();
  }

  /** Such rows may be the newest of their prompts, and ones to do again. */
  private boolean othersFailedAfter(String runId) {
    return !output
        .rows(ReckonTable.RUNS)
        .where(col("run_id").gt(runId).and(size(map_keys(col("errors"))).gt(0)))
        .where(coalesce(col("scope"), lit("")).notEqual(scope.toString()))
        .isEmpty();
  }

  private static RunScope scope(SourceState state, InferOptions options, ModelDescription model) {
    PromptOptions source = options.prompts();
    String request =
        hash(
            source.promptColumn(),
            source.idColumn(),
            source.system(),
            new RequestKeyColumn(options.sampling(), model).ofNothing());
    return new RunScope(
        request,
        hash(
            request,
            state instanceof OfTable table ? table.id() + table.columns() : source.path(),
            source.format(),
            Integer.toString(options.samples()),
            Boolean.toString(options.vote()),
            options.rerun().label()));
  }

  private static String hash(String... parts) {
    return Fingerprint.of(String.join("\0", parts));
  }
}

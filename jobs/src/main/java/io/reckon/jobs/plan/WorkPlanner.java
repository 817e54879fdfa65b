package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.reckon.engine.api.ModelDescription;
import io.reckon.jobs.plan.PartitionCut.Cell;
import io.reckon.jobs.source.Prompts;
import io.reckon.jobs.tables.AnswerReader;
import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import io.reckon.udfs.PromptRow;
import io.reckon.udfs.RequestKeyColumn;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Plans a run: compares the prompts of a source with the outcomes in the tables.
 *
 * <p>A prompt is done when each of its samples has an outcome that stands under its request key. A
 * request that no prompt has an outcome for is generated once, under the least of the ids that ask
 * for it; every other id gets its rows as {@link #copies copies}.
 */
public final class WorkPlanner {
  /** A list of requests up to this long is sent to every executor, and the prompts stay. */
  private static final long BROADCAST_ROWS = 50_000;

  private static final int PARTITIONS_A_SLOT = 6;
  private static final int ROWS_A_PARTITION = 2000;
  private static final int MOST_PARTITIONS = 100_000;

  private static final Column[] WORK =
      Arrays.stream(PromptRow.SAMPLES.fieldNames()).map(name -> col(name)).toArray(Column[]::new);

  private final SparkSession spark;
  private final Prompts prompts;
  private final OutputFolder output;
  private final ModelDescription model;
  private final PlanOptions options;
  private final String runId;
  private final Dataset<Row> requests;

  /**
   * @param runId the run that this is for; what it has made so far stands, whatever it is
   */
  public WorkPlanner(
      SparkSession spark,
      Prompts prompts,
      OutputFolder output,
      ModelDescription model,
      PlanOptions options,
      String runId) {
    this.spark = spark;
    this.prompts = prompts;
    this.output = output;
    this.model = model;
    this.options = options;
    this.runId = runId;
    this.requests =
        Requests.of(
            prompts.rows(), new RequestKeyColumn(options.sampling(), model), options.samples());
  }

  /** Plans by the tables as they stand now. Reads; writes nothing. */
  public WorkPlan plan() {
    PriorResults prior = PriorResults.of(output);
    History history = History.read(prior, model, prompts.path(), options.sampling().maxNewTokens());
    Dataset<Row> byRequest = byRequest(outcomes(prior));
    List<CellCount> cells = CellCount.of(byRequest);
    CellCount total = CellCount.total(cells);
    PartitionCut cut = cut(cells, total.work(), history.outputTokens());
    PlanFigures figures = figures(total, history, cut.partitions());
    return new WorkPlan(figures, work(byRequest, total.work(), cut));
  }

  /**
   * The rows that prompts get from generations that exist already, by the tables as they stand now:
   * one for each prompt and sample that lacks an outcome while its request has one. Once they are
   * in the tables there are none.
   *
   * @return {@link io.reckon.udfs.GenerationRow#SCHEMA}
   */
  public Dataset<Row> copies() {
    // Traces are written before answers: those of every answer seen here are there.
    PriorResults prior = PriorResults.of(output);
    Dataset<Row> traces = output.snapshot(ReckonTable.REASONING_TRACES);
    return Copies.of(prior.answers(), traces, requests, outcomes(prior));
  }

  /**
   * The votes that prompts lack, by the tables as they stand now; none once they are in the tables.
   *
   * @return rows of {@link ReckonTable#ANSWERS}
   */
  public Dataset<Row> votes() {
    return Votes.of(output.snapshot(ReckonTable.ANSWERS), requests, runId);
  }

  /** What each row asks for, as {@link Requests} has it. */
  public Dataset<Row> requests() {
    return requests;
  }

  private Dataset<Row> outcomes(PriorResults prior) {
    Column asked = col("sample").geq(0); // No vote.
    Dataset<Row> outcomes =
        Outcomes.of(
                among(prior.answers(), "request_key"), model.fingerprint(), options.rerun(), runId)
            .where(asked);
    if (options.scope().isEmpty()) {
      return outcomes.withColumn("own", col("kept"));
    }
    Column askedOtherwise = options.scope().get().asksOtherwise(col("scope"));
    Dataset<Row> others = prior.runs().where(askedOtherwise).select("run_id");
    Dataset<Row> latest =
        Outcomes.latest(
            among(prior.answers(), "prompt_id")
                .where(asked)
                .join(broadcast(others), new String[] {"run_id"}, "left_anti"));
    Column isLatest = coalesce(col("latest").leq(AnswerReader.AGE), lit(true));
    return outcomes
        .join(latest, new String[] {"prompt_id", "sample"}, "left")
        .withColumn("own", col("kept").and(isLatest));
  }

  /** Where few prompts are read, the answers that may be theirs, by a column of both. */
  private Dataset<Row> among(Dataset<Row> answers, String column) {
    return prompts.count() > BROADCAST_ROWS
        ? answers
        : answers.join(
            broadcast(requests.select(column).distinct()), new String[] {column}, "left_semi");
  }

  /**
   * Each request of the source once: {@code request_key}, the least {@code prompt_id} of those that
   * ask for the most samples of it, which so asks for all that are made under it, {@code cell},
   * {@code prompt_tokens}, the {@code samples} that nobody has, and how many {@code rows} ask for
   * how many answers ({@code asked}, of which they lack {@code open}); {@code done_rows} have all
   * they want and {@code rerun_rows} had something that does not stand.
   */
  private Dataset<Row> byRequest(Dataset<Row> outcomes) {
    Column kept = col("kept");
    Dataset<Row> ofPrompts =
        outcomes
            .groupBy("prompt_id", "request_key")
            .agg(
                collect_set(when(col("own"), col("sample"))).as("own"),
                collect_set(when(kept, col("sample"))).as("kept"),
                collect_set("sample").as("had"));
    Dataset<Row> ofRequests =
        outcomes.where(kept).groupBy("request_key").agg(collect_set("sample").as("present"));
    Column done = asked("own").equalTo(col("asked"));
    Column none = array().cast("array<int>");
    return requests
        .join(ofPrompts, new String[] {"prompt_id", "request_key"}, "left")
        .groupBy("request_key")
        .agg(
            min(struct(col("asked").multiply(-1).as("first"), col("prompt_id"))).as("maker"),
            min(struct("cell", "prompt_tokens")).as("size"),
            count(lit(1)).as("rows"),
            count_if(done).as("done_rows"),
            count_if(asked("had").gt(asked("kept"))).as("rerun_rows"),
            max("asked").as("most"),
            sum(col("asked").minus(asked("own"))).as("open"),
            sum("asked").as("asked")) // The last: Spark would take what comes after for this sum.
        .join(ofRequests, "request_key", "left")
        .select(
            col("request_key"),
            col("maker.prompt_id").as("prompt_id"),
            col("size.*"),
            array_except(Requests.samples(col("most")), coalesce(col("present"), none))
                .as("samples"),
            col("asked"),
            col("open"),
            col("rows"),
            col("done_rows"),
            col("rerun_rows"));
  }

  /** How many of a row's samples are in a column of them. */
  private static Column asked(String samples) {
    Column some = coalesce(col(samples), array().cast("array<int>"));
    return size(filter(some, sample -> sample.lt(col("asked"))));
  }

  /** The requests with something to make, with their messages, in their partitions. */
  private Dataset<Row> work(Dataset<Row> byRequest, long requests, PartitionCut cut) {
    if (requests == 0) {
      return spark.createDataFrame(List.of(), PromptRow.SAMPLES);
    }
    Dataset<Row> open =
        byRequest
            .where(size(col("samples")).gt(0))
            .select("prompt_id", "request_key", "samples", "cell");
    Column seat = seat(cut).apply(col("cell"), xxhash64(col("prompt_id")));
    return prompts
        .rows()
        .join(requests <= BROADCAST_ROWS ? broadcast(open) : open, "prompt_id")
        .repartition(cut.partitions(), seat)
        .sortWithinPartitions(Requests.conversation(), col("prompt_id"))
        .withColumn("sample", explode(col("samples")))
        .select(WORK);
  }

  private static UserDefinedFunction seat(PartitionCut cut) {
    int[] seats = Seats.of(cut.partitions());
    UDF2<Integer, Long, Integer> seat = (cell, idHash) -> seats[cut.partition(cell, idHash)];
    return udf(seat, DataTypes.IntegerType);
  }

  private PartitionCut cut(List<CellCount> cells, long work, double outputTokens) {
    List<Cell> sizes =
        cells.stream()
            .filter(cell -> cell.work() > 0)
            .map(cell -> new Cell(cell.cell(), cell.work(), cell.tokens(outputTokens)))
            .toList();
    return PartitionCut.of(sizes, partitions(work));
  }

  /**
   * Several for each slot, so that slots end together; fewer where an engine would run half empty.
   */
  private int partitions(long work) {
    if (options.partitions() > 0) {
      return options.partitions();
    }
    long bySlots = (long) PARTITIONS_A_SLOT * options.slots();
    long filled = Math.max(options.slots(), work / options.maxRunning());
    long wanted = Math.max(Math.min(bySlots, filled), work / ROWS_A_PARTITION);
    return (int) Math.max(1, Math.min(Math.min(wanted, work), MOST_PARTITIONS));
  }

  private static PlanFigures figures(CellCount total, History history, int partitions) {
    return new PlanFigures(
        total.rows(),
        total.asked(),
        total.open(),
        total.doneRows(),
        total.rerunRows(),
        total.reusedRows(),
        total.mergedRows(),
        total.work(),
        total.generations(),
        total.promptTokens(),
        Math.round(total.generations() * history.outputTokens()),
        history.outputTokens(),
        history.basis(),
        partitions,
        history.tokensPerSecond());
  }
}

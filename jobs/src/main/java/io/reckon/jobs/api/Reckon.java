package io.reckon.jobs.api;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.OutputConstraint.Choice;
import io.reckon.engine.api.OutputConstraint.JsonSchema;
import io.reckon.engine.api.OutputConstraint.Regex;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.constraint.Constraints;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.InferJob;
import io.reckon.jobs.infer.InferOptions;
import io.reckon.jobs.infer.Progress;
import io.reckon.jobs.infer.RunSummary;
import io.reckon.jobs.plan.PlanFigures;
import io.reckon.jobs.source.PromptOptions;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.ReckonSparkConf;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Answers a table of prompts from a program or a notebook: the command {@code infer} in the session
 * that is there, which goes on after it. In Java:
 *
 * <pre>{@code
 * Dataset<Row> tickets = spark.table("tickets");
 * RunResult labels =
 *     Reckon.on(spark)
 *         .prompts(tickets)
 *         .promptColumn("body")
 *         .choice("bug", "question", "praise")
 *         .maxThinkingTokens(500)
 *         .sampling(tokens -> tokens.temperature(0.6).topP(0.95))
 *         .output("labels")
 *         .run();
 *
 * labels.answers().groupBy("answer").count().show();
 * }</pre>
 *
 * <p>In Scala:
 *
 * <pre>{@code
 * import io.reckon.jobs.api.Reckon
 *
 * val labels = Reckon.on(spark)
 *   .prompts(spark.table("tickets"))
 *   .promptColumn("body")
 *   .choice("bug", "question", "praise")
 *   .maxThinkingTokens(500)
 *   .sampling(_.temperature(0.6).topP(0.95))
 *   .output("labels")
 *   .run()
 *
 * labels.answers.groupBy("answer").count().show()
 * }</pre>
 *
 * <p>Options have the command line's names and defaults; a message that names {@code
 * --prompt-column} means {@link #promptColumn}. What is not given of the engine is the session's:
 * its keys {@code spark.reckon.*}, else the built-in model.
 *
 * <p>For one thread.
 */
public final class Reckon {
  /** What the table of runs calls a source that has no path. */
  private static final String NO_PATH = "DataFrame";

  private final SparkSession spark;
  private String path = "";

  /** In place of what lies at the path. */
  private Optional<Dataset<Row>> rows = Optional.empty();

  private Optional<String> model = Optional.empty();
  private String output = "reckon-out";
  // What is changed of the defaults, and checked when the run begins.
  private UnaryOperator<PromptOptions> source = UnaryOperator.identity();
  private UnaryOperator<EngineSettings> engine = UnaryOperator.identity();
  private UnaryOperator<SamplingParameters.Builder> sampling = UnaryOperator.identity();
  private UnaryOperator<InferOptions.Builder> options = UnaryOperator.identity();
  private Progress progress = Progress.NONE;

  private Reckon(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Begins a run in a session, which must be able to write Delta tables.
   *
   * @throws UserError where the session is a client of Spark Connect: its driver is elsewhere
   */
  public static Reckon on(SparkSession spark) {
    if (!(spark instanceof org.apache.spark.sql.classic.SparkSession)) {
      throw new UserError(
          "the session is a client of Spark Connect; run this on the driver, as a job or in a"
              + " notebook on a cluster in dedicated access mode");
    }
    return new Reckon(spark);
  }

  /**
   * The prompts, one a row: a column of text, or of arrays of structs of {@code role} and {@code
   * content}. The rows are cached while the run lasts, unless the caller has cached them.
   */
  public Reckon prompts(Dataset<Row> given) {
    rows = Optional.of(given);
    path = NO_PATH;
    return this;
  }

  /** The prompts at a path, in any format that {@code infer} reads. */
  public Reckon prompts(String given) {
    rows = Optional.empty();
    path = given;
    return this;
  }

  /** How the prompts at a path are written, such as {@code csv}; else they tell it themselves. */
  public Reckon format(String name) {
    return source(given -> given.withFormat(name));
  }

  /** The column of the prompts; else it is found by its name. */
  public Reckon promptColumn(String name) {
    return source(given -> given.withPromptColumn(name));
  }

  /** The column that names the rows; else it is found by its name, or names are made. */
  public Reckon idColumn(String name) {
    return source(given -> given.withIdColumn(name));
  }

  /** A system message for prompts that bring none. */
  public Reckon system(String text) {
    return source(given -> given.withSystem(text));
  }

  /** Only the first so many rows. */
  public Reckon limit(long most) {
    return source(given -> given.withLimit(most));
  }

  /** A folder, a GGUF file, {@code ollama:NAME}, an address, or {@code builtin}. */
  public Reckon model(String name) {
    model = Optional.of(name);
    return this;
  }

  /** How weights are held. */
  public Reckon mode(String name) {
    return engine(given -> given.withMode(name));
  }

  /** Everything else about the engine: {@code engine(e -> e.withMaxRunning(128))}. */
  public Reckon engine(UnaryOperator<EngineSettings> change) {
    engine = and(engine, change);
    return this;
  }

  /** Each answer is one of these texts. Of all that says so, the last counts. */
  public Reckon choice(String... texts) {
    return sampling(given -> given.constraint(new Choice(List.of(texts))));
  }

  /** Each answer matches a regular expression. */
  public Reckon regex(String pattern) {
    return sampling(given -> given.constraint(new Regex(pattern)));
  }

  /** Each answer is a JSON value that the schema, itself JSON, allows. */
  public Reckon jsonSchema(String schema) {
    return sampling(given -> given.constraint(new JsonSchema(schema)));
  }

  /** Closes the reasoning after so many tokens. */
  public Reckon maxThinkingTokens(int most) {
    return sampling(given -> given.thinking(Thinking.atMost(most)));
  }

  /** Has the model answer without reasoning. */
  public Reckon noThinking() {
    return sampling(given -> given.thinking(Thinking.OFF));
  }

  /** Most tokens of a generation, reasoning included. */
  public Reckon maxNewTokens(int most) {
    return sampling(given -> given.maxNewTokens(most));
  }

  /** 0 takes the likeliest token. */
  public Reckon temperature(double value) {
    return sampling(given -> given.temperature(value));
  }

  /** Everything else about how tokens are chosen: {@code sampling(s -> s.topP(0.95).seed(7))}. */
  public Reckon sampling(UnaryOperator<SamplingParameters.Builder> change) {
    sampling = and(sampling, change);
    return this;
  }

  /** Answers each prompt so many times. */
  public Reckon samples(int count) {
    return options(given -> given.samples(count));
  }

  /** Adds the answer that most samples of a prompt give. */
  public Reckon vote() {
    return options(given -> given.vote(true));
  }

  /** The folder of the tables; existing ones are added to. */
  public Reckon output(String folder) {
    output = folder;
    return this;
  }

  /** Everything else: {@code options(o -> o.rerun(Rerun.FAILED).gpuHourPrice(2.5))}. */
  public Reckon options(UnaryOperator<InferOptions.Builder> change) {
    options = and(options, change);
    return this;
  }

  /** Who is told how it goes. */
  public Reckon progress(Progress listener) {
    progress = listener;
    return this;
  }

  /**
   * Answers what is not answered yet, and returns when every row has its outcome.
   *
   * @throws UserError where an option, the prompts, the model or the output folder is at fault
   * @throws io.reckon.jobs.infer.RunFailedException where the run broke on its way; the same call
   *     goes on from there
   */
  public RunResult run() {
    InferOptions checked = checked();
    RunSummary summary = overSource(job -> job.run(spark, checked, progress));
    return new RunResult(spark, summary);
  }

  /**
   * Says what {@link #run} would do, and writes nothing.
   *
   * @throws UserError as {@link #run} does
   */
  public PlanFigures plan() {
    InferOptions checked = checked();
    return overSource(job -> job.plan(spark, checked));
  }

  private <T> T overSource(Function<InferJob, T> work) {
    if (rows.isEmpty()) {
      return work.apply(new InferJob());
    }
    Dataset<Row> prompts = rows.get();
    if (!prompts.storageLevel().equals(StorageLevel.NONE())) {
      return work.apply(InferJob.over(prompts));
    }
    // A run reads its prompts several times, and must find the same ones.
    Dataset<Row> kept = prompts.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return work.apply(InferJob.over(kept));
    } finally {
      kept.unpersist();
    }
  }

  private InferOptions checked() {
    if (path.isEmpty()) {
      throw new UserError("no prompts are given; call prompts with a DataFrame or a path");
    }
    try {
      SamplingParameters tokens = sampling.apply(SamplingParameters.builder()).build();
      Constraints.check(tokens.constraint());
      InferOptions checked =
          options
              .apply(
                  InferOptions.builder(source.apply(PromptOptions.of(path)), output)
                      .engine(engine.apply(modelOfSession()))
                      .sampling(tokens))
              .build();
      if (checked.sinceLastRun() && rows.isPresent()) {
        throw new UserError(
            "a DataFrame does not tell what is new since the last run; give prompts a path");
      }
      return checked;
    } catch (EngineException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private EngineSettings modelOfSession() {
    SparkConf conf = ReckonSparkConf.ofSession(CollectionConverters.asJava(spark.conf().getAll()));
    return ReckonSparkConf.engine(model, conf);
  }

  private Reckon source(UnaryOperator<PromptOptions> change) {
    source = and(source, change);
    return this;
  }

  private static <T> UnaryOperator<T> and(UnaryOperator<T> first, UnaryOperator<T> second) {
    return value -> second.apply(first.apply(value));
  }
}

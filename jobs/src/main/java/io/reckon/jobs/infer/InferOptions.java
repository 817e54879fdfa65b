package io.reckon.jobs.infer;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.jobs.UserError;
import io.reckon.jobs.plan.Rerun;
import io.reckon.jobs.source.PromptOptions;
import io.reckon.udfs.EngineSettings;

/**
 * All that a run is told.
 *
 * @param prompts what to read
 * @param output the folder of the tables
 * @param engine the model and how it is held
 * @param sampling how tokens are chosen
 * @param samples how often each prompt is answered
 * @param vote whether each prompt also gets the answer of most of its samples
 * @param partitions how many tasks to cut the prompts into; 0 to decide by rows and task slots
 * @param window most rows in flight for one task; 0 for twice what the engine runs at a time
 * @param rerun which prompts that have an answer or an error are done again
 * @param sinceLastRun whether only what is new in the source is read
 * @param failureLimit how many failed rows end the run
 * @param examples how many answers the summary shows
 * @param gpuHourPrice what one GPU costs an hour, or one executor where there are none; 0 where the
 *     cost is not to be told
 * @param report whether to leave a page to read beside the tables
 * @param openAiOutput the folder of result and error files in the form of OpenAI's batches; empty
 *     for none
 */
public record InferOptions(
    PromptOptions prompts,
    String output,
    EngineSettings engine,
    SamplingParameters sampling,
    int samples,
    boolean vote,
    int partitions,
    int window,
    Rerun rerun,
    boolean sinceLastRun,
    FailureLimit failureLimit,
    int examples,
    double gpuHourPrice,
    boolean report,
    String openAiOutput) {
  public InferOptions {
    if (output.isBlank()) {
      throw new UserError("--output is empty; give a folder");
    }
    engine.requireSupported(sampling);
    if (sinceLastRun && prompts.limit() > 0) {
      throw new UserError(
          "--limit is %d with --since-last-run, which would skip the rest for good; leave one out"
              .formatted(prompts.limit()));
    }
    if (sinceLastRun && rerun == Rerun.ALL) {
      throw new UserError(
          "--rerun is all with --since-last-run, which reads only what is new; leave one out");
    }
    if (samples < 1) {
      throw new UserError("--samples is " + samples + "; give 1 or more");
    }
    if (samples > 1 && sampling.greedy()) {
      throw new UserError(
          "--samples is %d with temperature 0, which gives one answer %d times; give --temperature a number above 0"
              .formatted(samples, samples));
    }
    if (vote && samples < 2) {
      throw new UserError(
          "--vote counts several samples and there is one; give --samples 2 or more");
    }
    if (partitions < 0 || window < 0 || examples < 0) {
      throw new UserError(
          "partitions is %d, window %d, examples %d; give 0 or more"
              .formatted(partitions, window, examples));
    }
    if (!(gpuHourPrice >= 0 && gpuHourPrice <= Double.MAX_VALUE)) {
      throw new UserError("--gpu-hour-price is %s; give 0 or more".formatted(gpuHourPrice));
    }
  }

  /**
   * Starts from the built-in model, greedy, each prompt once.
   *
   * @param output the folder of the tables
   */
  public static Builder builder(PromptOptions prompts, String output) {
    return new Builder(prompts, output);
  }

  /** Starts from the same over all prompts of a path. */
  public static Builder builder(String prompts, String output) {
    return builder(PromptOptions.of(prompts), output);
  }

  public Builder toBuilder() {
    return new Builder(prompts, output)
        .engine(engine)
        .sampling(sampling)
        .samples(samples)
        .vote(vote)
        .partitions(partitions)
        .window(window)
        .rerun(rerun)
        .sinceLastRun(sinceLastRun)
        .failureLimit(failureLimit)
        .examples(examples)
        .gpuHourPrice(gpuHourPrice)
        .report(report)
        .openAiOutput(openAiOutput);
  }

  int rowsInFlight() {
    return window > 0 ? window : 2 * engine.maxRunning();
  }

  /** Collects options; {@link #build} checks them. */
  public static final class Builder {
    private final PromptOptions prompts;
    private final String output;
    private EngineSettings engine = EngineSettings.builtin();
    private SamplingParameters sampling = SamplingParameters.GREEDY;
    private int samples = 1;
    private boolean vote;
    private int partitions;
    private int window;
    private Rerun rerun = Rerun.TRANSIENT;
    private boolean sinceLastRun;
    private FailureLimit failureLimit = FailureLimit.NONE;
    private int examples = 3;
    private double gpuHourPrice;
    private boolean report = true;
    private String openAiOutput = "";

    private Builder(PromptOptions prompts, String output) {
      this.prompts = prompts;
      this.output = output;
    }

    public Builder engine(EngineSettings value) {
      engine = value;
      return this;
    }

    public Builder sampling(SamplingParameters value) {
      sampling = value;
      return this;
    }

    public Builder samples(int value) {
      samples = value;
      return this;
    }

    public Builder vote(boolean value) {
      vote = value;
      return this;
    }

    public Builder partitions(int value) {
      partitions = value;
      return this;
    }

    public Builder window(int value) {
      window = value;
      return this;
    }

    public Builder rerun(Rerun value) {
      rerun = value;
      return this;
    }

    public Builder sinceLastRun(boolean value) {
      sinceLastRun = value;
      return this;
    }

    public Builder failureLimit(FailureLimit value) {
      failureLimit = value;
      return this;
    }

    public Builder examples(int value) {
      examples = value;
      return this;
    }

    public Builder gpuHourPrice(double value) {
      gpuHourPrice = value;
      return this;
    }

    public Builder report(boolean value) {
      report = value;
      return this;
    }

    public Builder openAiOutput(String value) {
      openAiOutput = value;
      return this;
    }

    /**
     * @throws UserError where a value is outside its range
     */
    public InferOptions build() {
      return new InferOptions(
          prompts,
          output,
          engine,
          sampling,
          samples,
          vote,
          partitions,
          window,
          rerun,
          sinceLastRun,
          failureLimit,
          examples,
          gpuHourPrice,
          report,
          openAiOutput);
    }
  }
}

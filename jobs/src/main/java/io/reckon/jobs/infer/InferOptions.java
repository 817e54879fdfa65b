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
 * @param partitions how many tasks to cut the prompts into; 0 to decide by rows and task slots
 * @param window most rows in flight for one task; 0 for twice what the engine runs at a time
 * @param rerun which prompts that have an answer or an error are done again
 * @param failureLimit how many failed rows end the run
 * @param examples how many answers the summary shows
 */
public record InferOptions(
    PromptOptions prompts,
    String output,
    EngineSettings engine,
    SamplingParameters sampling,
    int samples,
    int partitions,
    int window,
    Rerun rerun,
    FailureLimit failureLimit,
    int examples) {
  public InferOptions {
    if (output.isBlank()) {
      throw new UserError("--output is empty; give a folder");
    }
    if (samples < 1) {
      throw new UserError("--samples is " + samples + "; give 1 or more");
    }
    if (samples > 1 && sampling.greedy()) {
      throw new UserError(
          "--samples is %d with temperature 0, which gives one answer %d times; give --temperature a number above 0"
              .formatted(samples, samples));
    }
    if (partitions < 0 || window < 0 || examples < 0) {
      throw new UserError(
          "partitions is %d, window %d, examples %d; give 0 or more"
              .formatted(partitions, window, examples));
    }
  }

  /** The built-in model, greedy, over all prompts of a path. */
  public static InferOptions of(String prompts, String output) {
    return new InferOptions(
        PromptOptions.of(prompts),
        output,
        EngineSettings.builtin(),
        SamplingParameters.GREEDY,
        1,
        0,
        0,
        Rerun.TRANSIENT,
        FailureLimit.NONE,
        3);
  }

  public InferOptions withPrompts(PromptOptions options) {
    return new InferOptions(
        options,
        output,
        engine,
        sampling,
        samples,
        partitions,
        window,
        rerun,
        failureLimit,
        examples);
  }

  public InferOptions withEngine(EngineSettings settings) {
    return new InferOptions(
        prompts,
        output,
        settings,
        sampling,
        samples,
        partitions,
        window,
        rerun,
        failureLimit,
        examples);
  }

  public InferOptions withSampling(SamplingParameters parameters) {
    return new InferOptions(
        prompts,
        output,
        engine,
        parameters,
        samples,
        partitions,
        window,
        rerun,
        failureLimit,
        examples);
  }

  public InferOptions withSamples(int count) {
    return new InferOptions(
        prompts,
        output,
        engine,
        sampling,
        count,
        partitions,
        window,
        rerun,
        failureLimit,
        examples);
  }

  public InferOptions withPartitions(int count) {
    return new InferOptions(
        prompts, output, engine, sampling, samples, count, window, rerun, failureLimit, examples);
  }

  public InferOptions withWindow(int rows) {
    return new InferOptions(
        prompts,
        output,
        engine,
        sampling,
        samples,
        partitions,
        rows,
        rerun,
        failureLimit,
        examples);
  }

  public InferOptions withRerun(Rerun which) {
    return new InferOptions(
        prompts,
        output,
        engine,
        sampling,
        samples,
        partitions,
        window,
        which,
        failureLimit,
        examples);
  }

  public InferOptions withFailureLimit(FailureLimit limit) {
    return new InferOptions(
        prompts, output, engine, sampling, samples, partitions, window, rerun, limit, examples);
  }

  int rowsInFlight() {
    return window > 0 ? window : 2 * engine.maxRunning();
  }
}

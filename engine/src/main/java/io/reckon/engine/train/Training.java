package io.reckon.engine.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.engine.common.Threads;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.tokenizer.TokenizerBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Trains the built-in model. The problems of a step depend on the seed and the step alone, so a run
 * that was killed and resumed learns from the same problems in the same order.
 */
public final class Training {
  private static final int GROUPS = 5;
  private static final int REPORT_STEPS = 50;
  private static final int EVALUATION_STEPS = 500;
  private static final int EVALUATION_BATCH = 25;

  private final TrainingOptions options;
  private final TrainingListener listener;
  private final Path stateFile;
  private final TrainingLog log;

  private Training(TrainingOptions options, TrainingListener listener) {
    this.options = options;
    this.listener = listener;
    this.stateFile = options.output().resolve("training.state");
    this.log = new TrainingLog(options.output().resolve("training-log.jsonl"));
  }

  /**
   * Runs a training to its end and writes the checkpoint folder: {@code config.json}, {@code
   * model.safetensors}, the tokenizer, {@code training-log.jsonl} and {@code training-plot.svg}.
   *
   * @throws io.reckon.engine.api.EngineException where an option or the state is at fault
   */
  public static void run(TrainingOptions options, TrainingListener listener) throws IOException {
    Files.createDirectories(options.output());
    new Training(options, listener).run();
  }

  private void run() throws IOException {
    Path tokenizer = tokenizer();
    ModelShape shape = ModelShape.builtin(vocabulary(tokenizer));
    TrainingState state = firstState(shape);
    log.rewindTo(state.step());
    log.started(options, shape, state.step());
    try (ProblemExamples examples = new ProblemExamples(tokenizer, options.seed());
        TrainingProgram program = new TrainingProgram(shape, state.learner())) {
      new Loop(examples, program, state).run();
      evaluate(program, examples, options.steps(), options.evaluationProblems());
      CheckpointFolder.write(options.output(), shape, program.state().weights());
    }
    Files.writeString(options.output().resolve("training-plot.svg"), TrainingPlot.of(log.lines()));
  }

  /** A resumed run keeps its tokenizer, whatever has been added to the problems since. */
  private Path tokenizer() throws IOException {
    Path file = options.output().resolve("tokenizer.json");
    if (!options.resume() || !Files.exists(file)) {
      new TokenizerBuilder(options.seed()).write(options.output());
    }
    return file;
  }

  private static int vocabulary(Path tokenizer) throws IOException {
    return new ObjectMapper().readTree(tokenizer.toFile()).path("model").path("vocab").size();
  }

  private TrainingState firstState(ModelShape shape) throws IOException {
    if (options.resume() && Files.exists(stateFile)) {
      return TrainingState.read(stateFile, shape.parameters());
    }
    float[] weights = Initial.weights(shape, options.seed());
    float[] none = new float[weights.length];
    return new TrainingState(0, 0, 0, new TrainingProgram.State(weights, none, none));
  }

  private void evaluate(TrainingProgram program, ProblemExamples examples, int step, int count)
      throws IOException {
    Map<String, Double> accuracy = new LinkedHashMap<>();
    for (Family family : Family.values()) {
      List<Example> problems = examples.reserved(family, count);
      int right = 0;
      for (int from = 0; from < problems.size(); from += EVALUATION_BATCH) {
        int to = Math.min(from + EVALUATION_BATCH, problems.size());
        right += whollyRight(program, Batch.of(problems.subList(from, to), 2));
      }
      accuracy.put(family.label(), right / (double) problems.size());
    }
    log.evaluation(step, accuracy);
    listener.evaluation(step, accuracy);
  }

  private static int whollyRight(TrainingProgram program, Batch batch) {
    int[] correct = program.evaluate(batch).correct();
    int right = 0;
    int at = 0;
    for (Example example : batch.examples()) {
      boolean all = true;
      for (int i = example.promptTokens(); i < example.length(); i++) {
        all &= correct[at++] == 1;
      }
      right += all ? 1 : 0;
    }
    return right;
  }

  /** The steps, with the next batch made while the program learns from this one. */
  private final class Loop {
    private final ProblemExamples examples;
    private final TrainingProgram program;
    private final double secondsBefore;
    private final long startNanos = System.nanoTime();
    private int step;
    private long tokens;
    private int stepsUnreported;
    private double lossSum;
    private double normSum;
    private long tokensReported;
    private double secondsReported;

    Loop(ProblemExamples examples, TrainingProgram program, TrainingState from) {
      this.examples = examples;
      this.program = program;
      this.step = from.step();
      this.tokens = from.tokens();
      this.secondsBefore = from.seconds();
      this.tokensReported = tokens;
      this.secondsReported = seconds();
    }

    void run() throws IOException {
      ExecutorService ahead = Executors.newSingleThreadExecutor(Threads.daemons("reckon-problems"));
      try {
        CompletableFuture<Batch> next = prepare(ahead, step + 1);
        while (step < options.steps()) {
          Batch batch = next.join();
          next = prepare(ahead, step + 2);
          learn(batch);
          report();
        }
      } finally {
        ahead.shutdownNow();
      }
    }

    private CompletableFuture<Batch> prepare(ExecutorService ahead, int number) {
      return CompletableFuture.supplyAsync(
          () -> Batch.of(examples.step(number, options.tokensPerStep()), GROUPS), ahead);
    }

    private void learn(Batch batch) {
      step++;
      stepsUnreported++;
      TrainingProgram.StepResult result =
          program.step(batch, Rates.at(step, options.steps()), step);
      lossSum += result.loss();
      normSum += result.gradientNorm();
      tokens += batch.examples().stream().mapToInt(Example::length).sum();
    }

    /** The state first: whoever hears of a step can count on it. */
    private void report() throws IOException {
      boolean last = step == options.steps();
      if (step % REPORT_STEPS == 0 || last) {
        new TrainingState(step, tokens, seconds(), program.state()).write(stateFile);
        progress();
      }
      if (step % EVALUATION_STEPS == 0 && !last) {
        evaluate(program, examples, step, Math.max(1, options.evaluationProblems() / 4));
      }
    }

    private void progress() throws IOException {
      double loss = lossSum / stepsUnreported;
      double rate = (tokens - tokensReported) / (seconds() - secondsReported);
      log.progress(step, loss, normSum / stepsUnreported, tokens, seconds());
      listener.progress(step, options.steps(), loss, rate);
      lossSum = 0;
      stepsUnreported = 0;
      normSum = 0;
      tokensReported = tokens;
      secondsReported = seconds();
    }

    private double seconds() {
      return secondsBefore + (System.nanoTime() - startNanos) / 1e9;
    }
  }
}

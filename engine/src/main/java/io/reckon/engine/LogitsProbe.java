package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.program.StepOutput;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;

/**
 * Looks at a model's raw scores, for comparing with other engines; computes by the same program as
 * {@link ReckonEngine}. One thread at a time.
 */
public final class LogitsProbe implements AutoCloseable {
  /**
   * What a model says after some tokens.
   *
   * @param logits of the next token, by id
   * @param greedy the likeliest continuation
   */
  public record Result(float[] logits, int[] greedy) {}

  /** The scores of a token that is still to come. */
  private record Scores(float[] logits, int likeliest) {}

  private final LoadedModel model;
  private final int vocabularySize;

  private LogitsProbe(LoadedModel model, int vocabularySize) {
    this.model = model;
    this.vocabularySize = vocabularySize;
  }

  /**
   * Loads a model.
   *
   * @throws EngineException where the checkpoint or an option is at fault
   */
  public static LogitsProbe open(EngineConfiguration configuration) {
    Checkpoint checkpoint = Checkpoint.open(configuration.model());
    return new LogitsProbe(
        LoadedModel.load(checkpoint, configuration), checkpoint.configuration().vocabularySize());
  }

  /**
   * Scores the token after {@code tokens} and continues greedily.
   *
   * @param tokens at least one id
   * @param greedyTokens how many tokens to continue by, 0 or more
   * @throws EngineException {@code BAD_OPTION} where an id isn't the model's or the whole is too
   *     long
   */
  public Result probe(int[] tokens, int greedyTokens) {
    check(tokens, greedyTokens);
    Sequence sequence = new Sequence(tokens, new PageTable(model.pool()));
    Scheduler scheduler = model.scheduler(1);
    scheduler.add(sequence);
    try {
      return probe(scheduler, sequence, greedyTokens);
    } finally {
      scheduler.remove(sequence);
    }
  }

  private Result probe(Scheduler scheduler, Sequence sequence, int greedyTokens) {
    Scores first = next(scheduler);
    int[] greedy = new int[greedyTokens];
    for (int i = 0; i < greedyTokens; i++) {
      greedy[i] = (i == 0 ? first : next(scheduler)).likeliest();
      sequence.append(greedy[i]);
    }
    return new Result(first.logits(), greedy);
  }

  /** Steps until the sequence's last token is scored. */
  private Scores next(Scheduler scheduler) {
    while (true) {
      Batch batch = scheduler.next();
      AssembledStep step = model.assembler().assemble(batch, any -> SamplingParameters.GREEDY);
      try (StepOutput output = model.program().step(step.input())) {
        scheduler.computed(batch);
        if (!step.scored().isEmpty()) {
          return new Scores(output.logits(0), output.bestToken(0));
        }
      }
    }
  }

  private void check(int[] tokens, int greedyTokens) {
    for (int token : tokens) {
      if (token < 0 || token >= vocabularySize) {
        throw bad(
            "token " + token + " is not one of the model's; give ids below " + vocabularySize);
      }
    }
    if (tokens.length == 0 || greedyTokens < 0) {
      throw bad(
          "%d tokens and greedy %d were given; give one token or more, and greedy 0 or more"
              .formatted(tokens.length, greedyTokens));
    }
    if ((long) tokens.length + greedyTokens > model.contextTokens()) {
      throw bad(
          "%d tokens and %d more are beyond the context of %d"
              .formatted(tokens.length, greedyTokens, model.contextTokens()));
    }
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }

  @Override
  public void close() {
    model.close();
  }
}

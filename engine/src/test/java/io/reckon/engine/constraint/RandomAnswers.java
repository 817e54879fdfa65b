package io.reckon.engine.constraint;

import io.reckon.engine.api.OutputConstraint;
import java.util.Random;

/** Writes answers under a constraint as a model would that knows nothing. */
final class RandomAnswers {
  private final Constraint constraint;
  private final Random random;

  RandomAnswers(OutputConstraint constraint, long seed) {
    this(TestVocabulary.constraints().compile(constraint), seed);
  }

  RandomAnswers(Constraint constraint, long seed) {
    this.constraint = constraint;
    this.random = new Random(seed);
  }

  Constraint constraint() {
    return constraint;
  }

  /** An answer of at most so many tokens. */
  ConstraintRun next(int mostTokens) {
    ConstraintRun run = constraint.begin(false);
    int left = mostTokens;
    while (left > 0 && !run.isDone()) {
      int[] forced = run.forced();
      for (int i = 0; i < forced.length && left > 0; i++, left--) {
        run.append(forced[i]);
      }
      if (left > 0 && !run.isDone() && forced.length == 0) {
        int token = draw(run.mask(left));
        if (token == TestVocabulary.END) {
          break;
        }
        run.append(token);
        left--;
      }
    }
    return run;
  }

  private int draw(TokenMask mask) {
    int[] tokens = mask.tokens();
    return tokens[random.nextInt(tokens.length)];
  }
}

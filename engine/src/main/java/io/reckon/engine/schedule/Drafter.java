package io.reckon.engine.schedule;

/**
 * Guesses which tokens come next, so that one step computes several of a sequence. Whether they
 * came is told by the scores; a wrong guess costs its rows and changes nothing. The engine's thread
 * only.
 */
public interface Drafter {
  /** Guesses nothing. */
  Drafter NONE =
      new Drafter() {
        private static final int[] NO_TOKENS = {};

        @Override
        public int[] draft(Sequence sequence, int decodes) {
          return NO_TOKENS;
        }

        @Override
        public void learn(Sequence sequence, int chosen) {}
      };

  /**
   * The tokens that are likely enough to come after a sequence's newest to be worth their rows.
   *
   * @param decodes how many sequences decode in the step
   * @return fewer than {@link Sequence#left}
   */
  int[] draft(Sequence sequence, int decodes);

  /**
   * Takes in tokens that were added to a sequence.
   *
   * @param chosen where the first of them stands, which the model chose; those after it had to come
   */
  void learn(Sequence sequence, int chosen);
}

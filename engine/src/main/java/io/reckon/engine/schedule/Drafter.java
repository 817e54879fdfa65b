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
        public int[] draft(Sequence sequence, int decodes, int most) {
          return NO_TOKENS;
        }

        @Override
        public void learn(Sequence sequence, int chosen) {}

        @Override
        public void learnEnd(Sequence sequence) {}
      };

  /**
   * The tokens that are likely enough to come after a sequence's newest to be worth their rows.
   *
   * @param decodes how many sequences decode in the step
   * @param most how many tokens are of use; may be 0
   */
  int[] draft(Sequence sequence, int decodes, int most);

  /**
   * Takes in what was added to a sequence since the last time, the first time its prompt too.
   *
   * @param chosen where the token stands that the model chose; the others had to come
   */
  void learn(Sequence sequence, int chosen);

  /** Takes in that the model ended a sequence. */
  void learnEnd(Sequence sequence);
}

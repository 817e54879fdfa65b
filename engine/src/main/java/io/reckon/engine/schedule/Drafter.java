package io.reckon.engine.schedule;

/**
 * Guesses which tokens come next, so that one step computes several of a sequence. Whether they
 * came is told by the scores; a wrong guess costs its rows and changes nothing. The engine's thread
 * only.
 */
@FunctionalInterface
public interface Drafter {
  int[] NO_TOKENS = {};

  /** Where a token stands that nobody chose: in no place. */
  int NOWHERE = -1;

  /** Guesses nothing. */
  Drafter NONE = (sequence, decodes, most) -> NO_TOKENS;

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
   * @param chosen where the token stands that the model chose, or {@link #NOWHERE}; the others had
   *     to come
   */
  default void learn(Sequence sequence, int chosen) {}

  /** Takes in that a sequence ended, although it might have gone on. */
  default void learnEnd(Sequence sequence) {}
}

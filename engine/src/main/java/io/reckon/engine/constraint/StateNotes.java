package io.reckon.engine.constraint;

/** What is known of a state of an answer. */
final class StateNotes {
  /** By byte; null where it was not asked for. */
  final Expression[] next = new Expression[256];

  /** Kinds of bytes, bits of {@link ByteClass}, all of which lead to this state again. */
  int looping;

  /** Kinds of bytes of which some lead elsewhere. */
  int leaving;

  /** This state as far as one token can look; null before it is asked for. */
  Horizon horizon;

  /** The tokens that may come; null before it is asked for. */
  Reach reach;

  /** The tokens that must come; null before it is asked for. */
  int[] forced;

  /**
   * A state as far as one token can look.
   *
   * @param state the same tokens may come as in the whole one
   * @param beyond how many bytes the shortest end of the whole one is further off, at most
   */
  record Horizon(Expression state, int beyond) {}

  /**
   * Where tokens lead.
   *
   * @param mask those that may come
   * @param farthest the largest distance of a state to which one leads
   */
  record Reach(TokenMask mask, int farthest) {}
}

package io.reckon.engine.checkpoint;

/** A value of a GGUF's metadata. */
sealed interface GgufValue {
  record Whole(long number) implements GgufValue {}

  record Fraction(double number) implements GgufValue {}

  record Flag(boolean set) implements GgufValue {}

  record Text(String text) implements GgufValue {}

  /**
   * A list that is read when it is asked for.
   *
   * @param position of its first item in the file
   * @param bytes that all its items have there
   */
  record Items(GgufType type, long count, long position, long bytes) implements GgufValue {}
}

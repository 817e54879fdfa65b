package io.reckon.engine.constraint;

import java.util.BitSet;

/**
 * The characters that a part of a regular expression stands for, where dialects differ in it.
 *
 * @param least what all dialects take
 * @param most what any dialect takes
 */
record CharacterSet(BitSet least, BitSet most) {
  /** Python's alone is U+001C to U+001F, ECMAScript's U+FEFF. */
  static final CharacterSet SPACE =
      of(CodePoints.of(" \t\n\u000b\f\r"))
          .orPerhaps(
              CodePoints.range(0x1c, 0x1f),
              CodePoints.of("\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"),
              CodePoints.range(0x2000, 0x200a));

  static final CharacterSet DIGIT =
      of(CodePoints.range('0', '9')).orPerhaps(CodePoints.category("Nd"));

  /** Of any script in some; Java's alone is what joins letters, and symbols that are letters. */
  static final CharacterSet WORD =
      of(CodePoints.range('0', '9'))
          .or(of(CodePoints.range('a', 'z')))
          .or(of(CodePoints.range('A', 'Z')))
          .or(of(CodePoints.of("_")))
          .orPerhaps(
              CodePoints.category("L"),
              CodePoints.category("N"),
              CodePoints.category("M"),
              CodePoints.category("Pc"),
              CodePoints.of("\u200c\u200d"),
              alphabetic());

  private static BitSet alphabetic() {
    BitSet set = new BitSet();
    CodePoints.ALL.stream().filter(Character::isAlphabetic).forEach(set::set);
    return set;
  }

  /** What all dialects take alike. */
  static CharacterSet of(BitSet characters) {
    return new CharacterSet(characters, characters);
  }

  CharacterSet or(CharacterSet other) {
    return new CharacterSet(
        CodePoints.union(least, other.least), CodePoints.union(most, other.most));
  }

  private CharacterSet orPerhaps(BitSet... characters) {
    return new CharacterSet(least, CodePoints.union(most, CodePoints.union(characters)));
  }

  /** All dialects take for the opposite what none takes for this. */
  CharacterSet complement() {
    return new CharacterSet(CodePoints.complement(most), CodePoints.complement(least));
  }
}

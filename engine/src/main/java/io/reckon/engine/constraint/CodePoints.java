package io.reckon.engine.constraint;

import java.util.BitSet;
import org.apache.lucene.util.automaton.Automaton;

/** Sets of characters: Unicode code points without the surrogates. */
final class CodePoints {
  private static final int COUNT = Character.MAX_CODE_POINT + 1;

  static final BitSet ALL = all();

  /** What a dot stands for: anything that no dialect takes for the end of a line. */
  static final BitSet DOT = complement(of("\n\r\u0085\u2028\u2029"));

  private CodePoints() {}

  private static BitSet all() {
    BitSet set = new BitSet(COUNT);
    set.set(0, COUNT);
    set.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
    return set;
  }

  static BitSet range(int first, int last) {
    BitSet set = new BitSet();
    set.set(first, last + 1);
    return set;
  }

  static BitSet of(String characters) {
    BitSet set = new BitSet();
    characters.codePoints().forEach(set::set);
    return set;
  }

  static BitSet union(BitSet... sets) {
    BitSet all = new BitSet();
    for (BitSet set : sets) {
      all.or(set);
    }
    return all;
  }

  static BitSet complement(BitSet set) {
    BitSet others = (BitSet) ALL.clone();
    others.andNot(set);
    return others;
  }

  /** The characters of a general category, such as {@code L} or {@code Nd}. */
  static BitSet category(String name) {
    BitSet set = new BitSet();
    for (int character = 0; character < COUNT; character++) {
      if (Category.of(character).startsWith(name)) {
        set.set(character);
      }
    }
    set.and(ALL);
    return set;
  }

  /** An automaton that accepts one character of a set. */
  static Automaton automaton(BitSet set) {
    Automaton automaton = new Automaton();
    int start = automaton.createState();
    int end = automaton.createState();
    automaton.setAccept(end, true);
    for (int first = set.nextSetBit(0); first >= 0; ) {
      int after = set.nextClearBit(first);
      automaton.addTransition(start, end, first, after - 1);
      first = set.nextSetBit(after);
    }
    automaton.finishState();
    return automaton;
  }
}

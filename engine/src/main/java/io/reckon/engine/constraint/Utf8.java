package io.reckon.engine.constraint;

import io.reckon.engine.api.EngineException;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.util.automaton.Automaton;

/** The byte strings that are UTF-8 (RFC 3629). */
final class Utf8 {
  static final Automaton AUTOMATON = automaton();

  private Utf8() {}

  /**
   * A text's bytes.
   *
   * @throws EngineException {@code BAD_OPTION} where it has half of a character, a surrogate alone
   */
  static byte[] bytes(String text) {
    text.codePoints()
        .filter(character -> !CodePoints.ALL.get(character))
        .findFirst()
        .ifPresent(
            half -> {
              throw ConstraintErrors.bad(
                  "the text '%s' has half of a character, \\u%04x; give both halves, or none"
                      .formatted(text, half));
            });
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes of a character, by its first. */
  static int length(byte first) {
    return Math.max(1, Integer.numberOfLeadingZeros(~(first << 24)));
  }

  private static Automaton automaton() {
    Automaton.Builder utf8 = new Automaton.Builder();
    int start = utf8.createState();
    utf8.setAccept(start, true);
    utf8.addTransition(start, start, 0x00, 0x7f);
    int last = state(utf8, start, 0x80, 0xbf);
    int lastTwo = state(utf8, last, 0x80, 0xbf);
    int lastThree = state(utf8, lastTwo, 0x80, 0xbf);
    utf8.addTransition(start, last, 0xc2, 0xdf);
    utf8.addTransition(start, state(utf8, last, 0xa0, 0xbf), 0xe0, 0xe0);
    utf8.addTransition(start, lastTwo, 0xe1, 0xec);
    utf8.addTransition(start, state(utf8, last, 0x80, 0x9f), 0xed, 0xed);
    utf8.addTransition(start, lastTwo, 0xee, 0xef);
    utf8.addTransition(start, state(utf8, lastTwo, 0x90, 0xbf), 0xf0, 0xf0);
    utf8.addTransition(start, lastThree, 0xf1, 0xf3);
    utf8.addTransition(start, state(utf8, lastTwo, 0x80, 0x8f), 0xf4, 0xf4);
    return utf8.finish();
  }

  private static int state(Automaton.Builder automaton, int next, int first, int last) {
    int state = automaton.createState();
    automaton.addTransition(state, next, first, last);
    return state;
  }
}

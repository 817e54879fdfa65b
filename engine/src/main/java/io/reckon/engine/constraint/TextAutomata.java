package io.reckon.engine.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.MinimizationOperations;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;
import org.apache.lucene.util.automaton.Transition;
import org.apache.lucene.util.automaton.UTF32ToUTF8;

/** Brings automata over characters to automata over the bytes of UTF-8, as text or inside JSON. */
final class TextAutomata {
  /** What making an automaton deterministic may take, in Lucene's own measure. */
  private static final int WORK_LIMIT = 200_000;

  private static final int MOST_STATES = 20_000;
  private static final int MOST_STATES_MINIMISED = 4_000;
  private static final String SHORT_ESCAPES = "\"\"\\\\\bb\ff\nn\rr\tt";

  private TextAutomata() {}

  /** The texts that an automaton over characters accepts; empty where it is too large. */
  static Optional<ByteAutomaton> plain(Automaton characters, BitSet spellable) {
    return bytes(characters, spellable);
  }

  /** The same without U+0000, spelled as what stands between the quotes of a JSON string. */
  static Optional<ByteAutomaton> inJson(Automaton characters, BitSet spellable) {
    return bytes(escaped(characters), spellable);
  }

  /** Empty where it is too large. */
  static Optional<Automaton> deterministic(Automaton automaton) {
    try {
      return Optional.of(Operations.determinize(automaton, WORK_LIMIT));
    } catch (TooComplexToDeterminizeException e) {
      return Optional.empty();
    }
  }

  private static Optional<ByteAutomaton> bytes(Automaton characters, BitSet spellable) {
    Automaton alive = Operations.removeDeadStates(characters);
    if (alive.getNumStates() > MOST_STATES) {
      return Optional.empty();
    }
    return deterministic(alive)
        .flatMap(one -> deterministic(new UTF32ToUTF8().convert(one)))
        // The conversion takes spellings that are longer than they need be, which are not UTF-8.
        .map(one -> minimal(Operations.intersection(one, Utf8.AUTOMATON)))
        .filter(bytes -> bytes.getNumStates() <= MOST_STATES)
        .map(bytes -> new ByteAutomaton(bytes, spellable));
  }

  private static Automaton minimal(Automaton automaton) {
    Automaton alive = Operations.removeDeadStates(automaton);
    return alive.getNumStates() > MOST_STATES_MINIMISED
        ? alive
        : MinimizationOperations.minimize(alive, WORK_LIMIT);
  }

  /**
   * Puts an escape in the place of every character that JSON wants escaped, and leaves U+0000 out,
   * as {@link JsonGrammar} does.
   */
  private static Automaton escaped(Automaton characters) {
    Automaton.Builder escaped = new Automaton.Builder();
    int states = characters.getNumStates();
    for (int state = 0; state < states; state++) {
      escaped.createState();
      escaped.setAccept(state, characters.isAccept(state));
    }
    Transition transition = new Transition();
    for (int state = 0; state < states; state++) {
      int count = characters.initTransition(state, transition);
      for (int i = 0; i < count; i++) {
        characters.getNextTransition(transition);
        escape(escaped, transition);
      }
    }
    return escaped.finish();
  }

  private static void escape(Automaton.Builder escaped, Transition transition) {
    int from = transition.min;
    for (int special : specials(transition)) {
      if (from < special) {
        escaped.addTransition(transition.source, transition.dest, from, special - 1);
      }
      int at = transition.source;
      String spelling = special == 0 ? "" : spelling(special);
      for (int i = 0; i < spelling.length(); i++) {
        int to = i + 1 < spelling.length() ? escaped.createState() : transition.dest;
        escaped.addTransition(at, to, spelling.charAt(i));
        at = to;
      }
      from = special + 1;
    }
    if (from <= transition.max) {
      escaped.addTransition(transition.source, transition.dest, from, transition.max);
    }
  }

  private static List<Integer> specials(Transition transition) {
    List<Integer> specials = new ArrayList<>();
    for (int character = transition.min; character <= Math.min(transition.max, '\\'); character++) {
      if (character < ' ' || character == '"' || character == '\\') {
        specials.add(character);
      }
    }
    return specials;
  }

  private static String spelling(int character) {
    for (int i = 0; i < SHORT_ESCAPES.length(); i += 2) {
      if (SHORT_ESCAPES.charAt(i) == character) {
        return "\\" + SHORT_ESCAPES.charAt(i + 1);
      }
    }
    return "\\u%04x".formatted(character);
  }

  /** Any number of any characters. */
  static Automaton anyText() {
    return Operations.repeat(CodePoints.automaton(CodePoints.ALL));
  }

  /**
   * Texts of some lengths, in characters.
   *
   * @param most {@link Expressions#UNBOUNDED} for any
   */
  static Automaton lengths(int least, int most) {
    Automaton one = CodePoints.automaton(CodePoints.ALL);
    if (most == 0) {
      return Automata.makeEmptyString();
    }
    return most == Expressions.UNBOUNDED
        ? Operations.repeat(one, least)
        : Operations.repeat(one, least, most);
  }
}

package io.reckon.engine.constraint;

import io.reckon.engine.api.EngineException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;

/**
 * Reads the part of regular expressions that describes regular languages, in the common ground of
 * ECMAScript, Java and Python; gives automata over characters. Where these dialects take different
 * characters for a class, what all of them take is meant.
 */
final class RegexParser {
  private static final int UNBOUNDED = Expressions.UNBOUNDED;
  private static final int MOST_STATES = 50_000;
  private static final int DEEPEST = 200;

  private final RegexText text;
  private final RegexCharacters characters;
  private int depth;

  private RegexParser(String pattern) {
    this.text = new RegexText(pattern);
    this.characters = new RegexCharacters(text);
  }

  /**
   * What a whole text must be to match.
   *
   * @throws EngineException {@code BAD_OPTION} for what is malformed, not regular or too large
   */
  static Automaton whole(String pattern) {
    return new RegexParser(pattern).parse(false);
  }

  /** What a text must be for a part of it to match. */
  static Automaton anywhere(String pattern) {
    return new RegexParser(pattern).parse(true);
  }

  private Automaton parse(boolean anywhere) {
    List<Automaton> options = new ArrayList<>();
    do {
      boolean fromStart = text.take('^') || !anywhere;
      Automaton option = series();
      boolean toEnd = text.take('$') || !anywhere;
      options.add(within(option, fromStart, toEnd));
    } while (text.take('|'));
    if (!text.isAtEnd()) {
      throw text.bad(
          text.peek() == ')'
              ? "has a ) without a ("
              : "has an anchor that is not at the start or the end; leave it out");
    }
    return limited(Operations.union(options));
  }

  private static Automaton within(Automaton option, boolean fromStart, boolean toEnd) {
    List<Automaton> parts = new ArrayList<>();
    if (!fromStart) {
      parts.add(TextAutomata.anyText());
    }
    parts.add(option);
    if (!toEnd) {
      parts.add(TextAutomata.anyText());
    }
    return Operations.concatenate(parts);
  }

  private Automaton options() {
    List<Automaton> options = new ArrayList<>();
    do {
      options.add(series());
    } while (text.take('|'));
    return Operations.union(options);
  }

  private Automaton series() {
    List<Automaton> parts = new ArrayList<>(List.of(Automata.makeEmptyString()));
    while (!text.isAtEnd() && "|)$".indexOf(text.peek()) < 0) {
      parts.add(limited(repeated(atom())));
    }
    return limited(Operations.concatenate(parts));
  }

  private Automaton repeated(Automaton atom) {
    if (text.isAtEnd()) {
      return atom;
    }
    Automaton all =
        switch (text.peek()) {
          case '*' -> repeated(atom, 0, UNBOUNDED, 1);
          case '+' -> repeated(atom, 1, UNBOUNDED, 1);
          case '?' -> repeated(atom, 0, 1, 1);
          case '{' -> counted(atom);
          default -> null;
        };
    if (all == null) {
      return atom;
    }
    text.take('?'); // Lazy or not, the same texts match.
    if (!text.isAtEnd() && "*+?{".indexOf(text.peek()) >= 0) {
      throw text.bad("has two quantifiers in a row; leave one out");
    }
    return all;
  }

  private Automaton repeated(Automaton atom, int least, int most, int length) {
    text.skip(length);
    int copies = most == UNBOUNDED ? least + 1 : most;
    if ((long) atom.getNumStates() * copies > MOST_STATES) {
      throw text.tooLarge();
    }
    if (most == 0) {
      return Automata.makeEmptyString();
    }
    return most == UNBOUNDED
        ? Operations.repeat(atom, least)
        : Operations.repeat(atom, least, most);
  }

  private Automaton counted(Automaton atom) {
    String counts = text.inBraces();
    if (!counts.matches("\\d{1,5}(,\\d{0,5})?")) {
      throw text.bad("has a { that begins no count; write \\{ for the character");
    }
    String[] both = counts.split(",", -1);
    int least = Integer.parseInt(both[0]);
    int most = both.length == 1 ? least : both[1].isEmpty() ? UNBOUNDED : Integer.parseInt(both[1]);
    if (most < least) {
      throw text.bad("has a count from %d to %d; turn them round".formatted(least, most));
    }
    return repeated(atom, least, most, counts.length() + 2);
  }

  private Automaton atom() {
    char first = text.peek();
    return switch (first) {
      case '(' -> group();
      case '[' -> CodePoints.automaton(characters.characterClass());
      case '.' -> {
        text.skip(1);
        yield CodePoints.automaton(CodePoints.DOT);
      }
      case '\\' -> CodePoints.automaton(characters.escape());
      case '*', '+', '?' -> throw text.bad("has a quantifier with nothing before it");
      case '{' -> throw text.bad("has a { with nothing before it; write \\{ for the character");
      case '^' -> throw text.bad("has an anchor that is not at the start or the end; leave it out");
      default -> Automata.makeChar(characters.character());
    };
  }

  private Automaton group() {
    if (++depth > DEEPEST) {
      throw text.bad("nests more than %d groups".formatted(DEEPEST));
    }
    int begin = text.position();
    text.skip(1);
    if (text.take('?')) {
      groupKind();
    }
    Automaton inside = options();
    if (!text.take(')')) {
      if (!text.isAtEnd()) {
        throw text.bad("has an anchor inside a group; put it at the start or the end");
      }
      text.moveTo(begin);
      throw text.bad("has a ( without a )");
    }
    depth--;
    return inside;
  }

  private void groupKind() {
    if (text.take(':')) {
      return;
    }
    String rest = text.ahead(Integer.MAX_VALUE);
    if (rest.matches("(?s)P?<[A-Za-z]\\w*>.*")) {
      text.skip(rest.indexOf('>') + 1);
      return;
    }
    boolean around = rest.matches("(?s)(=|!|<=|<!).*");
    throw text.bad(
        around
            ? "looks ahead or behind, which is not supported; say it without"
            : "has a group of a kind that is not supported; use ( ) or (?: )");
  }

  private Automaton limited(Automaton automaton) {
    if (automaton.getNumStates() > MOST_STATES) {
      throw text.tooLarge();
    }
    return automaton;
  }
}

package io.reckon.engine.constraint;

import io.reckon.engine.api.EngineException;
import java.util.ArrayList;
import java.util.BitSet;
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

  private final String pattern;
  private int at;
  private int depth;

  private RegexParser(String pattern) {
    this.pattern = pattern;
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
      boolean fromStart = take('^') || !anywhere;
      Automaton option = series();
      boolean toEnd = take('$') || !anywhere;
      options.add(within(option, fromStart, toEnd));
    } while (take('|'));
    if (at < pattern.length()) {
      throw bad(
          peek() == ')'
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
    } while (take('|'));
    return Operations.union(options);
  }

  private Automaton series() {
    List<Automaton> parts = new ArrayList<>(List.of(Automata.makeEmptyString()));
    while (at < pattern.length() && "|)$".indexOf(peek()) < 0) {
      parts.add(limited(repeated(atom())));
    }
    return limited(Operations.concatenate(parts));
  }

  private Automaton repeated(Automaton atom) {
    if (at == pattern.length()) {
      return atom;
    }
    Automaton all =
        switch (peek()) {
          case '*' -> repeated(atom, 0, UNBOUNDED, 1);
          case '+' -> repeated(atom, 1, UNBOUNDED, 1);
          case '?' -> repeated(atom, 0, 1, 1);
          case '{' -> counted(atom);
          default -> null;
        };
    if (all == null) {
      return atom;
    }
    take('?'); // Lazy or not, the same texts match.
    if (at < pattern.length() && "*+?{".indexOf(peek()) >= 0) {
      throw bad("has two quantifiers in a row; leave one out");
    }
    return all;
  }

  private Automaton repeated(Automaton atom, int least, int most, int characters) {
    at += characters;
    int copies = most == UNBOUNDED ? least + 1 : most;
    if ((long) atom.getNumStates() * copies > MOST_STATES) {
      throw tooLarge();
    }
    if (most == 0) {
      return Automata.makeEmptyString();
    }
    return most == UNBOUNDED
        ? Operations.repeat(atom, least)
        : Operations.repeat(atom, least, most);
  }

  private Automaton counted(Automaton atom) {
    int end = pattern.indexOf('}', at);
    String counts = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!counts.matches("\\d{1,5}(,\\d{0,5})?")) {
      throw bad("has a { that begins no count; write \\{ for the character");
    }
    String[] both = counts.split(",", -1);
    int least = Integer.parseInt(both[0]);
    int most = both.length == 1 ? least : both[1].isEmpty() ? UNBOUNDED : Integer.parseInt(both[1]);
    if (most < least) {
      throw bad("has a count from %d to %d; turn them round".formatted(least, most));
    }
    return repeated(atom, least, most, end + 1 - at);
  }

  private Automaton atom() {
    char first = peek();
    return switch (first) {
      case '(' -> group();
      case '[' -> CodePoints.automaton(characterClass());
      case '.' -> {
        at++;
        yield CodePoints.automaton(CodePoints.DOT);
      }
      case '\\' -> CodePoints.automaton(escape(false));
      case '*', '+', '?' -> throw bad("has a quantifier with nothing before it");
      case '{' -> throw bad("has a { with nothing before it; write \\{ for the character");
      case '^' -> throw bad("has an anchor that is not at the start or the end; leave it out");
      default -> Automata.makeChar(character());
    };
  }

  private Automaton group() {
    if (++depth > DEEPEST) {
      throw bad("nests more than %d groups".formatted(DEEPEST));
    }
    int begin = at++;
    if (take('?')) {
      groupKind();
    }
    Automaton inside = options();
    if (!take(')')) {
      if (at < pattern.length()) {
        throw bad("has an anchor inside a group; put it at the start or the end");
      }
      at = begin;
      throw bad("has a ( without a )");
    }
    depth--;
    return inside;
  }

  private void groupKind() {
    if (take(':')) {
      return;
    }
    String rest = pattern.substring(at);
    if (rest.matches("(?s)P?<[A-Za-z]\\w*>.*")) {
      at = pattern.indexOf('>', at) + 1;
      return;
    }
    boolean around = rest.matches("(?s)(=|!|<=|<!).*");
    throw bad(
        around
            ? "looks ahead or behind, which is not supported; say it without"
            : "has a group of a kind that is not supported; use ( ) or (?: )");
  }

  private BitSet characterClass() {
    int begin = at++;
    boolean negated = take('^');
    BitSet set = new BitSet();
    for (boolean first = true; ; first = false) {
      if (at == pattern.length()) {
        at = begin;
        throw bad("has a [ without a ]");
      }
      if (peek() == ']' && first) {
        throw bad("has an empty class; write \\] for the character");
      }
      if (take(']')) {
        break;
      }
      addMember(set);
    }
    return negated ? CodePoints.complement(set) : set;
  }

  private void addMember(BitSet set) {
    if (peek() == '[' || pattern.startsWith("&&", at)) {
      throw bad("has a class inside a class, which is not supported; write \\[ for the character");
    }
    BitSet from = member();
    boolean range = at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']';
    if (!range) {
      set.or(from);
      return;
    }
    at++;
    BitSet to = member();
    if (from.cardinality() != 1 || to.cardinality() != 1 || to.length() < from.length()) {
      throw bad("has a range that goes from no character to a later one");
    }
    BitSet between = CodePoints.range(from.length() - 1, to.length() - 1);
    between.and(CodePoints.ALL);
    set.or(between);
  }

  private BitSet member() {
    if (peek() == '\\') {
      return escape(true);
    }
    int character = character();
    return CodePoints.range(character, character);
  }

  private int character() {
    int character = pattern.codePointAt(at);
    if (!CodePoints.ALL.get(character)) {
      throw bad("has half a character");
    }
    at += Character.charCount(character);
    return character;
  }

  private BitSet escape(boolean inClass) {
    at++;
    if (at == pattern.length()) {
      throw bad("ends with a \\");
    }
    char kind = pattern.charAt(at++);
    return switch (kind) {
      case 'd' -> CodePoints.DIGIT;
      case 'D' -> CodePoints.complement(CodePoints.category("Nd"));
      case 'w' -> CodePoints.WORD;
      case 'W' -> notWord();
      case 's' -> CodePoints.SPACE;
      case 'S' -> CodePoints.NO_SPACE;
      case 'p' -> category();
      case 'P' -> CodePoints.complement(category());
      case 't' -> CodePoints.of("\t");
      case 'n' -> CodePoints.of("\n");
      case 'r' -> CodePoints.of("\r");
      case 'f' -> CodePoints.of("\f");
      case 'x' -> hex(2);
      case 'u' -> take('{') ? hexInBraces() : hex(4);
      default -> escaped(kind, inClass);
    };
  }

  private BitSet escaped(char kind, boolean inClass) {
    boolean plain = kind < 128 && !Character.isLetterOrDigit(kind);
    if (!plain) {
      at -= 2;
      String reason =
          Character.isDigit(kind) && kind != '0' && !inClass
              ? "refers back with \\%c, which is not regular; say it without"
              : "has \\%c, which is not supported";
      throw bad(reason.formatted(kind));
    }
    return CodePoints.of(String.valueOf(kind));
  }

  /** Not a letter, digit or mark of any script, as some dialects take all of them for words. */
  private static BitSet notWord() {
    return CodePoints.complement(
        CodePoints.union(
            CodePoints.category("L"),
            CodePoints.category("N"),
            CodePoints.category("M"),
            CodePoints.category("Pc")));
  }

  private BitSet category() {
    int end = at < pattern.length() && peek() == '{' ? pattern.indexOf('}', at) : -1;
    String name = end < 0 ? "" : pattern.substring(at + 1, end);
    if (name.isEmpty() || !Category.isKnown(name)) {
      throw bad("has a \\p of a category that is not known; give one such as \\p{L} or \\p{Nd}");
    }
    at = end + 1;
    return CodePoints.category(name);
  }

  private BitSet hexInBraces() {
    int end = pattern.indexOf('}', at);
    BitSet character = hex(Math.max(1, end - at));
    at++;
    return character;
  }

  private BitSet hex(int digits) {
    int end = Math.min(pattern.length(), at + digits);
    String number = pattern.substring(at, end);
    if (!number.matches("[0-9A-Fa-f]{" + digits + "}") || digits > 6) {
      throw bad("has an escape that lacks its %d hexadecimal digits".formatted(digits));
    }
    int character = Integer.parseInt(number, 16);
    if (!CodePoints.ALL.get(character)) {
      throw bad("names U+%s, which is no character".formatted(number));
    }
    at = end;
    return CodePoints.range(character, character);
  }

  private char peek() {
    return pattern.charAt(at);
  }

  private boolean take(char expected) {
    if (at < pattern.length() && peek() == expected) {
      at++;
      return true;
    }
    return false;
  }

  private Automaton limited(Automaton automaton) {
    if (automaton.getNumStates() > MOST_STATES) {
      throw tooLarge();
    }
    return automaton;
  }

  private EngineException tooLarge() {
    return ConstraintErrors.bad(
        "the regular expression '%s' is too large; repeat less in it".formatted(pattern));
  }

  private EngineException bad(String problem) {
    return ConstraintErrors.regex(pattern, at, problem);
  }
}

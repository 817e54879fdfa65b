package io.reckon.engine.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;

/**
 * JSON values that no schema narrows, and the pieces of which others are made. White space is one
 * space at most, after a comma or a colon.
 */
final class JsonGrammar {
  /** Digits of a number without bounds before the point, or after it. */
  private static final String DIGITS = "[0-9]{0,14}";

  private static final String WHOLE = "(0|-?[1-9]" + DIGITS + ")";
  private static final String NUMBER =
      "-?(0|[1-9]" + DIGITS + ")(\\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?";

  /** Not U+0000, which many a database can't hold, and no halves of characters. */
  private static final String CHARACTER =
      "[^\"\\\\\\x00-\\x1f]"
          + "|\\\\[\"\\\\/bfnrt]"
          + "|\\\\u(000[1-9A-Fa-f]|00[1-9A-Fa-f][0-9A-Fa-f]|0[1-9A-Fa-f][0-9A-Fa-f]{2}"
          + "|[1-9A-CE-Fa-ce-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})"
          + "|\\\\u[Dd][89ABab][0-9A-Fa-f]{2}\\\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}";

  private final Expressions expressions;
  private final Expression space;
  private final Expression quote;
  private final Expression character;
  private final Expression whole;
  private final Expression number;
  private Optional<Rule> any = Optional.empty();

  JsonGrammar(Expressions expressions) {
    this.expressions = expressions;
    this.space = expressions.optional(expressions.literal(" "));
    this.quote = expressions.literal("\"");
    this.character = pattern(CHARACTER);
    this.whole = pattern(WHOLE);
    this.number = pattern(NUMBER);
  }

  private Expression pattern(String regex) {
    return regular(RegexParser.whole(regex)).orElseThrow();
  }

  /** Texts as they are; empty where there are too many to tell apart. */
  Optional<Expression> regular(Automaton texts) {
    return TextAutomata.plain(texts, expressions.spellable()).map(expressions::regular);
  }

  /** Strings of some texts; empty where there are too many to tell apart. */
  Optional<Expression> strings(Automaton texts) {
    return TextAutomata.inJson(texts, expressions.spellable())
        .map(automaton -> expressions.sequence(quote, expressions.regular(automaton), quote));
  }

  /** Strings of some lengths in characters. */
  Expression strings(int least, int most) {
    return expressions.sequence(quote, expressions.repeat(character, least, most), quote);
  }

  /** A value as it stands. */
  Expression value(JsonNode value) {
    return expressions.literal(value.toString());
  }

  Expression whole() {
    return whole;
  }

  Expression number() {
    return number;
  }

  Expression booleans() {
    return expressions.choice(List.of(expressions.literal("true"), expressions.literal("false")));
  }

  Expression nothing() {
    return expressions.literal("null");
  }

  /** What stands between two members or elements, and the next one. */
  Expression next(Expression element) {
    return expressions.sequence(expressions.literal(","), space, element);
  }

  /**
   * @param name of the member, as a JSON string
   */
  Expression member(Expression name, Expression value) {
    return expressions.sequence(name, expressions.literal(":"), space, value);
  }

  Expression object(Expression members) {
    return expressions.sequence(expressions.literal("{"), members, expressions.literal("}"));
  }

  Expression array(Expression elements) {
    return expressions.sequence(expressions.literal("["), elements, expressions.literal("]"));
  }

  /** Some number of the same, with commas between them. */
  Expression list(Expression element, int least, int most) {
    if (most == 0) {
      return expressions.empty();
    }
    Expression others =
        expressions.repeat(
            next(element), Math.max(0, least - 1), most == Expressions.UNBOUNDED ? most : most - 1);
    Expression list = expressions.sequence(element, others);
    return least == 0 ? expressions.optional(list) : list;
  }

  /** Objects whose members have any names and the same kind of value. */
  Expression map(Expression value) {
    Expression name = strings(0, Expressions.UNBOUNDED);
    return object(list(member(name, value), 0, Expressions.UNBOUNDED));
  }

  /** Any value. */
  Expression any() {
    if (any.isEmpty()) {
      Rule rule = expressions.rule("");
      any = Optional.of(rule);
      Expression self = expressions.reference(rule);
      rule.define(
          expressions.choice(
              List.of(
                  strings(0, Expressions.UNBOUNDED),
                  number,
                  booleans(),
                  nothing(),
                  array(list(self, 0, Expressions.UNBOUNDED)),
                  map(self))));
    }
    return expressions.reference(any.get());
  }

  /** Numbers in a range, of them those that {@code divisor} divides where it is above 1. */
  Optional<Expression> numbers(NumberRange range, int divisor) {
    Automaton numbers = range.automaton();
    return regular(
        divisor > 1 ? Operations.intersection(numbers, NumberRange.multiplesOf(divisor)) : numbers);
  }
}

package io.reckon.engine.constraint;

import io.reckon.engine.constraint.NumberRange.Bound;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/** Compiles what a schema says of numbers: bounds and of what they are multiples. */
record NumberSchema(Expressions expressions, JsonGrammar grammar) {
  private static final int MOST_MULTIPLE = 1000;

  Expression compile(SchemaNode node, boolean whole) {
    if (SchemaTypes.keywords("number").stream().noneMatch(node::has)) {
      return whole ? grammar.whole() : grammar.number();
    }
    Optional<Bound> least = tighter(node, "minimum", "exclusiveMinimum", 1);
    Optional<Bound> most = tighter(node, "maximum", "exclusiveMaximum", -1);
    Optional<BigDecimal> multiple = node.number("multipleOf");
    int divisor = multiple.map(m -> divisor(node, m, whole)).orElse(1);
    int fraction = whole ? 0 : multiple.map(m -> Math.max(0, m.scale())).orElse(NumberRange.DIGITS);
    Expression numbers =
        grammar
            .numbers(new NumberRange(least, most, fraction), divisor)
            .orElseThrow(() -> node.bad("has too many digits in its bounds"));
    if (numbers == expressions.nothing()) {
      throw node.bad("leaves no number between its bounds");
    }
    return numbers;
  }

  private static Optional<Bound> tighter(
      SchemaNode node, String inclusive, String exclusive, int sign) {
    Optional<BigDecimal> with = node.number(inclusive);
    Optional<BigDecimal> without = node.number(exclusive);
    if (with.isPresent() && without.isPresent()) {
      return sign * with.get().compareTo(without.get()) > 0
          ? with.map(value -> new Bound(value, false))
          : without.map(value -> new Bound(value, true));
    }
    return with.map(value -> new Bound(value, false))
        .or(() -> without.map(value -> new Bound(value, true)));
  }

  /** Of whole numbers; fractions have as many digits as a negative power of ten. */
  private static int divisor(SchemaNode node, BigDecimal multiple, boolean whole) {
    boolean small =
        multiple.signum() > 0
            && multiple.scale() <= 0
            && multiple.compareTo(BigDecimal.valueOf(MOST_MULTIPLE)) <= 0;
    if (small && (whole || multiple.compareTo(BigDecimal.ONE) == 0)) {
      return multiple.intValueExact();
    }
    if (!whole && multiple.scale() > 0 && multiple.unscaledValue().equals(BigInteger.ONE)) {
      return 1;
    }
    throw node.child("multipleOf")
        .bad(
            "is %s, which is not supported; give a whole number up to %d for integers, or 1, 0.1, 0.01, ... for numbers"
                .formatted(multiple.toPlainString(), MOST_MULTIPLE));
  }
}

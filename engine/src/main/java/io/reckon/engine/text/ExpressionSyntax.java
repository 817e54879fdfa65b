package io.reckon.engine.text;

import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinjava.de.odysseus.el.misc.BooleanOperations;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELContext;

/** How expressions of templates are read: as the library does, with what Jinja does otherwise. */
final class ExpressionSyntax extends ExtendedSyntaxBuilder {
  private static final long serialVersionUID = 1L;

  /** A text in quotes. */
  static final String TEXT = "'(?:[^'\\\\]++|\\\\.)*+'|\"(?:[^\"\\\\]++|\\\\.)*+\"";

  private static final Pattern TEXT_OR_REVERSAL =
      Pattern.compile(TEXT + "|\\[\\s*:\\s*:\\s*-\\s*1\\s*]", Pattern.DOTALL);

  ExpressionSyntax() {
    super(Feature.METHOD_INVOCATIONS, Feature.VARARGS);
  }

  @Override
  protected Parser createParser(String expression) {
    return new PythonicParser(this, withMethodForReversal(expression));
  }

  /** The library has no syntax for {@code x[::-1]}, whatever {@code x} is, but calls methods. */
  private static String withMethodForReversal(String expression) {
    return TEXT_OR_REVERSAL
        .matcher(expression)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group().startsWith("[")
                        ? "." + TemplateMethods.REVERSED + "()"
                        : found.group()));
  }

  /** Gives the operand that decides, and not its truth. */
  private static Object and(Bindings bindings, ELContext context, AstNode left, AstNode right) {
    Object first = left.eval(bindings, context);
    return bindings.convert(first, Boolean.class) ? right.eval(bindings, context) : first;
  }

  /** No text equals true or false, though the library compares its truth with them. */
  private static boolean equal(Bindings bindings, ELContext context, AstNode left, AstNode right) {
    Object first = left.eval(bindings, context);
    Object second = right.eval(bindings, context);
    boolean comparable =
        !(PythonicInterpreter.isText(first) && second instanceof Boolean)
            && !(first instanceof Boolean && PythonicInterpreter.isText(second));
    return comparable && BooleanOperations.eq(bindings, first, second);
  }

  /**
   * Gives {@code not} the place that it has in Jinja, after comparisons, tests and filters: the
   * library reads {@code not x is y} as {@code (not x) is y}.
   */
  private static final class PythonicParser extends ExtendedParser {
    PythonicParser(Builder context, String expression) {
      super(context, expression);
    }

    /** Reads an operand of {@code and}. */
    @Override
    protected AstNode eq(boolean required) throws Scanner.ScanException, ParseException {
      if (getToken().getSymbol() != Scanner.Symbol.NOT) {
        return super.eq(required);
      }
      consumeToken();
      return createAstUnary(eq(true), AstUnary.NOT);
    }

    @Override
    protected AstBinary createAstBinary(AstNode left, AstNode right, AstBinary.Operator operator) {
      if (operator == AstBinary.AND) {
        return super.createAstBinary(left, right, ExpressionSyntax::and);
      } else if (operator == AstBinary.EQ) {
        return super.createAstBinary(left, right, ExpressionSyntax::equal);
      } else if (operator == AstBinary.NE) {
        return super.createAstBinary(left, right, (b, c, l, r) -> !equal(b, c, l, r));
      }
      return super.createAstBinary(left, right, operator);
    }
  }
}

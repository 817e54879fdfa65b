package io.reckon.engine.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.tag.IfTag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.util.ObjectTruthValue;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.javax.el.ExpressionFactory;

/**
 * The template library with Python's answers to two questions: which text is true, and what is
 * white space. To the library the text "false" is false, so that a message of that one word would
 * be no message.
 */
final class PythonicJinjava extends Jinjava {
  private static final int EXPRESSIONS_KEPT = 1000;

  private final ExpressionFactory expressions =
      new ExpressionFactoryImpl(
          new TreeStore(new ExpressionSyntax(), new Cache(EXPRESSIONS_KEPT)), new Truth());

  PythonicJinjava(JinjavaConfig configuration) {
    super(configuration);
    registerTag(new If());
    registerTag(new ForIfTag());
    registerTag(new GenerationTag());
    registerExpTest(new IsTrue());
    registerFilter(new Trim());
    for (String name : List.of("default", "d")) {
      registerFilter(new Default(getGlobalContext().getFilter(name)));
    }
  }

  @Override
  public ExpressionFactory getExpressionFactory() {
    return expressions;
  }

  static boolean isTrue(Object value) {
    return PythonicInterpreter.isText(value)
        ? !value.toString().isEmpty()
        : ObjectTruthValue.evaluate(value);
  }

  /** Of {@code and}, {@code or}, {@code not} and {@code x if y}. */
  private static final class Truth extends TruthyTypeConverter {
    private static final long serialVersionUID = 1L;

    @Override
    protected Boolean coerceToBoolean(Object value) {
      return isTrue(value);
    }
  }

  private static final class If extends IfTag {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isPositiveIfElseNode(TagNode node, JinjavaInterpreter interpreter) {
      return isTrue(
          interpreter.resolveELExpression(
              node.getHelpers(), node.getLineNumber(), node.getStartPosition()));
    }
  }

  /** What {@code selectattr} asks where it is given no test. */
  private static final class IsTrue implements ExpTest {
    @Override
    public String getName() {
      return "truthy";
    }

    @Override
    public boolean evaluate(Object value, JinjavaInterpreter interpreter, Object... arguments) {
      return isTrue(value);
    }
  }

  /** Strips the characters that it is given, else white space. */
  private static final class Trim implements Filter {
    @Override
    public String getName() {
      return "trim";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... characters) {
      String text = value == null ? "" : interpreter.getAsString(value);
      return StringMethods.call(text, "strip", Arrays.asList((Object[]) characters));
    }
  }

  /** {@code default}, also as it is told to replace what is false. */
  private record Default(Filter library) implements Filter {
    @Override
    public String getName() {
      return library.getName();
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      return filter(value, interpreter, arguments, Map.of());
    }

    @Override
    public Object filter(
        Object value,
        JinjavaInterpreter interpreter,
        Object[] arguments,
        Map<String, Object> named) {
      return isTrue(value) ? value : library.filter(value, interpreter, arguments, named);
    }
  }
}

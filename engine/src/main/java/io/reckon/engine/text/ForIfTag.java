package io.reckon.engine.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.ObjectIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code for x in xs if condition}. The library would ask the condition once, before there is an
 * {@code x}, and have a loop over nothing.
 */
final class ForIfTag extends ForTag {
  private static final long serialVersionUID = 1L;

  private static final Pattern PART =
      Pattern.compile(ExpressionSyntax.TEXT + "|[(\\[{]|[)\\]}]|\\bif\\b", Pattern.DOTALL);

  @Override
  public String interpretUnchecked(TagNode node, JinjavaInterpreter interpreter) {
    var loop = getLoopVarsAndExpression((TagToken) node.getMaster());
    String expression = loop.getRight();
    int condition = condition(expression);
    if (condition < 0) {
      return super.interpretUnchecked(node, interpreter);
    }
    Object all =
        interpreter.resolveELExpression(expression.substring(0, condition), node.getLineNumber());
    List<Object> kept = new ArrayList<>();
    for (ForLoop items = ObjectIterator.getLoop(all); items.hasNext(); ) {
      TemplateBudget.check();
      Object item = items.next();
      if (holds(expression.substring(condition + 2), loop.getLeft(), item, node, interpreter)) {
        kept.add(item);
      }
    }
    return renderForCollection(node, interpreter, loop.getLeft(), kept);
  }

  /** Where the {@code if} stands that is in no brackets; -1 where there is none. */
  private static int condition(String expression) {
    Matcher part = PART.matcher(expression);
    for (int depth = 0; part.find(); ) {
      switch (part.group()) {
        case "(", "[", "{" -> depth++;
        case ")", "]", "}" -> depth--;
        case "if" -> {
          if (depth == 0) {
            return part.start();
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  private static boolean holds(
      String condition,
      List<String> names,
      Object item,
      TagNode node,
      JinjavaInterpreter interpreter) {
    interpreter.enterScope();
    try {
      Iterator<?> values =
          names.size() == 1 ? Collections.singleton(item).iterator() : values(item);
      for (String name : names) {
        Object value = values.hasNext() ? interpreter.wrap(values.next()) : null;
        interpreter.getContext().put(name, value);
      }
      return PythonicJinjava.isTrue(
          interpreter.resolveELExpression(condition, node.getLineNumber()));
    } finally {
      interpreter.leaveScope();
    }
  }

  private static Iterator<?> values(Object item) {
    if (item instanceof Map.Entry<?, ?> entry) {
      return Arrays.asList(entry.getKey(), entry.getValue()).iterator();
    }
    return item instanceof Collection<?> several ? several.iterator() : Collections.emptyIterator();
  }
}

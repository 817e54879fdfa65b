package io.reckon.engine.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.LengthLimitingStringBuilder;
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
 * {@code for x in xs}, and {@code for x in xs if condition}. What is set in the loop's body is set
 * until the item's end, as in Jinja; the library would carry it into the next one. It would also
 * ask the condition once, before there is an {@code x}, and have a loop over nothing.
 */
final class ForIfTag extends ForTag {
  private static final long serialVersionUID = 1L;

  private static final Pattern PART =
      Pattern.compile(ExpressionSyntax.TEXT + "|[(\\[{]|[)\\]}]|\\bif\\b", Pattern.DOTALL);

  @Override
  public String interpretUnchecked(TagNode node, JinjavaInterpreter interpreter) {
    var loop = getLoopVarsAndExpression((TagToken) node.getMaster());
    List<String> names = loop.getLeft();
    String expression = loop.getRight();
    int condition = condition(expression);
    if (condition < 0) {
      Object all = interpreter.resolveELExpression(expression, node.getLineNumber());
      return renderForCollection(node, interpreter, names, all);
    }
    Object all =
        interpreter.resolveELExpression(expression.substring(0, condition), node.getLineNumber());
    List<Object> kept = new ArrayList<>();
    for (ForLoop items = ObjectIterator.getLoop(all); items.hasNext(); ) {
      TemplateBudget.check();
      Object item = items.next();
      if (holds(expression.substring(condition + 2), names, item, node, interpreter)) {
        kept.add(item);
      }
    }
    return renderForCollection(node, interpreter, names, kept);
  }

  @Override
  public String renderForCollection(
      TagNode node, JinjavaInterpreter interpreter, List<String> names, Object collection) {
    LengthLimitingStringBuilder text =
        new LengthLimitingStringBuilder(interpreter.getConfig().getMaxOutputSize());
    ForLoop loop = ObjectIterator.getLoop(collection);
    boolean ran = false;
    interpreter.enterScope();
    try {
      while (loop.hasNext()) {
        TemplateBudget.check();
        Object item = loop.next();
        // A new scope for each item would nearly double what a long conversation allocates.
        interpreter.getContext().getScope().clear();
        interpreter.getContext().put(LOOP, loop);
        put(names, item, interpreter);
        ran |= renderBody(node, interpreter, loop, text);
      }
    } finally {
      interpreter.leaveScope();
    }
    if (!ran) {
      renderElse(node, interpreter, text);
    }
    return text.toString();
  }

  /** Up to a {@code continue} or a {@code break}; whether there was none. */
  private static boolean renderBody(
      TagNode node,
      JinjavaInterpreter interpreter,
      ForLoop loop,
      LengthLimitingStringBuilder text) {
    for (Node child : node.getChildren()) {
      if (isElse(child)) {
        break;
      }
      text.append(child.render(interpreter));
      if (loop.isContinued()) {
        return false;
      }
    }
    return true;
  }

  /** As in Jinja it is also for a loop that went through none of its items to the end. */
  private static void renderElse(
      TagNode node, JinjavaInterpreter interpreter, LengthLimitingStringBuilder text) {
    interpreter.enterScope();
    try {
      node.getChildren().stream()
          .dropWhile(child -> !isElse(child))
          .forEach(child -> text.append(child.render(interpreter)));
    } finally {
      interpreter.leaveScope();
    }
  }

  private static boolean isElse(Node child) {
    return child instanceof TagNode tag && tag.getName().equals("else");
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
      put(names, item, interpreter);
      return PythonicJinjava.isTrue(
          interpreter.resolveELExpression(condition, node.getLineNumber()));
    } finally {
      interpreter.leaveScope();
    }
  }

  /** Gives the loop's names their values in the scope of an item. */
  private static void put(List<String> names, Object item, JinjavaInterpreter interpreter) {
    Iterator<?> values = names.size() == 1 ? Collections.singleton(item).iterator() : values(item);
    for (String name : names) {
      Object value = values.hasNext() ? interpreter.wrap(values.next()) : null;
      interpreter.getContext().put(name, value);
    }
  }

  private static Iterator<?> values(Object item) {
    if (item instanceof Map.Entry<?, ?> entry) {
      return Arrays.asList(entry.getKey(), entry.getValue()).iterator();
    }
    return item instanceof Collection<?> several ? several.iterator() : Collections.emptyIterator();
  }
}

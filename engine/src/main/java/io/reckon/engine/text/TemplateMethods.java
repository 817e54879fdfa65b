package io.reckon.engine.text;

import com.hubspot.jinjava.el.ext.JinjavaBeanELResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.ELContext;

/**
 * What a template's expressions may call and read beside list items and dictionary entries: filters
 * and tests, the loop's variable, and Python's methods of strings, dictionaries and lists. All else
 * is refused; nothing is found by reflection but what the template library itself offers.
 */
final class TemplateMethods extends JinjavaBeanELResolver {
  /** What {@link ExpressionSyntax} calls for {@code x[::-1]}. */
  static final String REVERSED = "__reversed__";

  TemplateMethods() {
    super(true);
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (base instanceof ForLoop) {
      return super.getValue(context, base, property);
    }
    context.setPropertyResolved(true);
    return null;
  }

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    TemplateBudget.check();
    if (base instanceof Filter || base instanceof ExpTest) {
      return super.invoke(context, base, method, types, arguments);
    }
    context.setPropertyResolved(true);
    String name = String.valueOf(method);
    List<Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
    if (base instanceof String text) {
      return StringMethods.call(text, name, given);
    }
    if (base instanceof Map<?, ?> map) {
      return ofMap(map, name, given);
    }
    if (base instanceof List<?> list) {
      return ofList(list, name, given);
    }
    throw unknown(base, name);
  }

  private static Object ofMap(Map<?, ?> map, String name, List<Object> given) {
    return switch (name) {
      case "items" -> map.entrySet();
      case "keys" -> map.keySet();
      case "values" -> map.values();
      case "get" -> {
        Object value = given.isEmpty() ? null : map.get(given.get(0));
        yield value == null && given.size() > 1 ? given.get(1) : value;
      }
      default -> throw unknown(map, name);
    };
  }

  @SuppressWarnings("unchecked")
  private static Object ofList(List<?> list, String name, List<Object> given) {
    return switch (name) {
      case "append" -> {
        ((List<Object>) list).addAll(given);
        yield "";
      }
      case "index" -> list.indexOf(given.get(0));
      case "count" -> list.stream().filter(given.get(0)::equals).count();
      case REVERSED -> {
        List<Object> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        yield reversed;
      }
      default -> throw unknown(list, name);
    };
  }

  static TemplateRefusal unknown(Object base, String name) {
    String kind =
        base instanceof String
            ? "strings"
            : base instanceof Map
                ? "dictionaries"
                : base instanceof List ? "lists" : "such a value";
    return TemplateRefusal.fault("there is no method '" + name + "' of " + kind);
  }
}

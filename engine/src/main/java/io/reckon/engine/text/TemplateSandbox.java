package io.reckon.engine.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaNodePreProcessor;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.el.TypeConvertingMapELResolver;
import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.tree.Node;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jinjava.javax.el.ArrayELResolver;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;

/**
 * The Jinja in which chat templates run: the tags, filters and functions that they are written
 * with, no files, no Java, and a {@link TemplateBudget}. Whatever isn't named here is refused.
 */
final class TemplateSandbox {
  private static final Set<String> TAGS =
      Set.of(
          "for",
          "endfor",
          "if",
          "elif",
          "else",
          "endif",
          "set",
          "endset",
          "macro",
          "endmacro",
          "call",
          "endcall",
          "generation",
          "endgeneration",
          "raw",
          "endraw",
          "break",
          "continue",
          "do");
  private static final Set<String> FILTERS =
      Set.of(
          "abs",
          "bool",
          "capitalize",
          "count",
          "d",
          "default",
          "dictsort",
          "e",
          "escape",
          "first",
          "float",
          "groupby",
          "int",
          "join",
          "last",
          "length",
          "list",
          "lower",
          "map",
          "reject",
          "rejectattr",
          "replace",
          "reverse",
          "safe",
          "select",
          "selectattr",
          "sort",
          "string",
          "sum",
          "title",
          "tojson",
          "trim",
          "unique",
          "upper");
  private static final Set<String> FUNCTIONS = Set.of(":range", ":namespace", ":dict", ":type");

  private static final int MOST_ITEMS = 100_000;
  private static final int MOST_DEPTH = 100;

  private static final Jinjava JINJAVA = jinjava();

  private TemplateSandbox() {}

  /**
   * Renders a template; its faults are in the result.
   *
   * @param characters of the messages, and some for each
   * @throws TemplateBudget.Exceeded where it takes too much time or memory
   */
  static RenderResult render(String source, Map<String, Object> variables, long characters) {
    return TemplateBudget.within(
        characters, () -> JINJAVA.renderForResult(source, variables, JINJAVA.getGlobalConfig()));
  }

  /** {@code raise_exception} of templates; public because the template library calls it. */
  public static String raiseException(String reason) {
    throw TemplateRefusal.said(reason);
  }

  private static Jinjava jinjava() {
    Jinjava jinjava = new PythonicJinjava(configuration());
    jinjava.setResourceLocator(
        (name, encoding, interpreter) -> {
          throw TemplateRefusal.fault("it reads the file '" + name + "'");
        });
    jinjava
        .getGlobalContext()
        .registerFunction(
            new ELFunctionDefinition(
                "", "raise_exception", TemplateSandbox.class, "raiseException", String.class));
    return jinjava;
  }

  private static JinjavaConfig configuration() {
    return JinjavaConfig.newBuilder()
        .withMaxOutputSize(TemplateBudget.LONGEST_TEXT)
        .withMaxStringLength(TemplateBudget.LONGEST_TEXT)
        .withMaxListSize(MOST_ITEMS)
        .withMaxMapSize(MOST_ITEMS)
        .withRangeLimit(MOST_ITEMS)
        .withMaxRenderDepth(MOST_DEPTH)
        .withNestedInterpretationEnabled(false)
        .withDisabled(disabled())
        .withElResolver(resolver())
        .withInterperterFactory(new PythonicInterpreter.Factory())
        .withProcessors(
            JinjavaProcessors.newBuilder().withNodePreProcessor(new NodeCheck()).build())
        .withLegacyOverrides(
            LegacyOverrides.newBuilder()
                .withUsePyishObjectMapper(true)
                .withUseNaturalOperatorPrecedence(true)
                .withParseWhitespaceControlStrictly(true)
                .withIterateOverMapKeys(true)
                .withUseTrimmingForNotesAndExpressions(true)
                .build())
        .build();
  }

  /** All that the library brings and that is not named above. */
  private static Map<Library, Set<String>> disabled() {
    Context all = new Jinjava().getGlobalContext();
    return Map.of(
        Library.TAG, others(all.getAllTags(), TAGS),
        Library.FILTER, others(all.getAllFilters(), FILTERS),
        Library.FUNCTION, others(all.getAllFunctions(), FUNCTIONS));
  }

  private static Set<String> others(Collection<? extends Importable> all, Set<String> allowed) {
    return all.stream()
        .map(Importable::getName)
        .filter(name -> !allowed.contains(name))
        .collect(Collectors.toSet());
  }

  private static ELResolver resolver() {
    CompositeELResolver resolver = new CompositeELResolver();
    resolver.add(new ArrayELResolver(true));
    resolver.add(new JinjavaListELResolver(true));
    resolver.add(new TypeConvertingMapELResolver(true));
    resolver.add(new TemplateMethods());
    return resolver;
  }

  /** Runs before each node. */
  private static final class NodeCheck extends JinjavaNodePreProcessor {
    @Override
    public void accept(Node node, JinjavaInterpreter interpreter) {
      super.accept(node, interpreter);
      TemplateBudget.check();
    }
  }
}

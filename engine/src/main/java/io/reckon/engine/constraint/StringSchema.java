package io.reckon.engine.constraint;

import io.reckon.engine.api.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;

/** Compiles what a schema says of strings: lengths, a pattern, a format, or all of them at once. */
record StringSchema(JsonGrammar grammar) {
  private static final int MOST_COUNTED = 2000;

  Expression compile(SchemaNode node) {
    int least = node.count("minLength", 0);
    int most = node.count("maxLength", Expressions.UNBOUNDED);
    node.child("maxLength").requireOrder(least, most);
    List<Automaton> all = new ArrayList<>();
    if (node.has("pattern")) {
      all.add(pattern(node.child("pattern")));
    }
    if (node.has("format")) {
      all.add(format(node.child("format")));
    }
    if (all.isEmpty()) {
      return grammar.strings(least, most);
    }
    if (least > 0 || most != Expressions.UNBOUNDED) {
      requireSmall(node, least, most);
      all.add(TextAutomata.lengths(least, most));
    }
    return meeting(node, all);
  }

  private static void requireSmall(SchemaNode node, int least, int most) {
    if (Math.max(least, most == Expressions.UNBOUNDED ? 0 : most) > MOST_COUNTED) {
      throw node.bad(
          "counts more than %d characters beside a pattern or format; count fewer"
              .formatted(MOST_COUNTED));
    }
  }

  private Expression meeting(SchemaNode node, List<Automaton> all) {
    Optional<Automaton> both = TextAutomata.deterministic(all.get(0));
    for (Automaton other : all.subList(1, all.size())) {
      both =
          both.flatMap(
              one ->
                  TextAutomata.deterministic(other).map(two -> Operations.intersection(one, two)));
    }
    if (both.map(Operations::isEmpty).orElse(false)) {
      throw node.bad("leaves no string: its pattern, format and lengths contradict each other");
    }
    return both.flatMap(grammar::strings)
        .orElseThrow(() -> node.bad("is too large an automaton; repeat less in its pattern"));
  }

  private static Automaton pattern(SchemaNode node) {
    try {
      return RegexParser.anywhere(node.text());
    } catch (EngineException e) {
      throw node.bad(e.getMessage());
    }
  }

  private static Automaton format(SchemaNode node) {
    String pattern =
        StringFormats.pattern(node.text())
            .orElseThrow(
                () ->
                    node.bad(
                        "is '%s', which is not supported; give one of %s, or a pattern"
                            .formatted(node.text(), StringFormats.names())));
    return RegexParser.whole(pattern);
  }
}

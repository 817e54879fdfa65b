package io.reckon.engine.constraint;

import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.common.Threads;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compiles constraints for one vocabulary, each once: those who ask for one that is being compiled
 * wait for that, and others don't. Safe for any thread.
 */
public final class Constraints {
  private static final int MOST_KEPT = 64;

  private final Supplier<List<byte[]>> vocabulary;
  private final Function<String, int[]> tokenizer;
  private final int[] endTokens;
  private final Learned learned;

  /** Null until it is needed. Guarded by {@code this}. */
  private TokenTrie trie;

  /** Those that were asked for last, the refused ones too. Guarded by itself. */
  private final Map<OutputConstraint, CompletableFuture<Constraint>> outcomes =
      new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(
            Map.Entry<OutputConstraint, CompletableFuture<Constraint>> eldest) {
          return size() > MOST_KEPT;
        }
      };

  /**
   * @param vocabulary the bytes of each id, empty for ids that are no text; asked for once
   * @param tokenizer gives the ids of a text, none of them an added token
   * @param endTokens ids that end an answer
   */
  public Constraints(
      Supplier<List<byte[]>> vocabulary,
      Function<String, int[]> tokenizer,
      Collection<Integer> endTokens) {
    this(vocabulary, tokenizer, endTokens, new Learned());
  }

  Constraints(
      Supplier<List<byte[]>> vocabulary,
      Function<String, int[]> tokenizer,
      Collection<Integer> endTokens,
      Learned learned) {
    this.vocabulary = vocabulary;
    this.tokenizer = tokenizer;
    this.endTokens = endTokens.stream().mapToInt(Integer::intValue).toArray();
    this.learned = learned;
  }

  /**
   * Compiles a constraint, where it is not at hand.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_OPTION} for one that is malformed, not
   *     supported, or that no text of this vocabulary meets
   */
  public Constraint compile(OutputConstraint constraint) {
    CompletableFuture<Constraint> own = new CompletableFuture<>();
    CompletableFuture<Constraint> known;
    synchronized (outcomes) {
      known = outcomes.putIfAbsent(constraint, own);
    }
    if (known == null) {
      own.completeAsync(() -> withinTheStack(() -> compile(constraint, trie())), Runnable::run);
    }
    return Threads.result(known == null ? own : known);
  }

  private synchronized TokenTrie trie() {
    if (trie == null) {
      trie = new TokenTrie(textOf(vocabulary.get()));
    }
    return trie;
  }

  /** Ends are no text here, however they are spelled: one within an answer would end it there. */
  private List<byte[]> textOf(List<byte[]> bytesOfId) {
    List<byte[]> text = new ArrayList<>(bytesOfId);
    for (int end : endTokens) {
      if (end < text.size()) {
        text.set(end, new byte[0]);
      }
    }
    return text;
  }

  private Constraint compile(OutputConstraint constraint, TokenTrie tokens) {
    Expressions expressions = new Expressions(tokens.spellable());
    Expression start = expression(constraint, expressions);
    AnswerStates states = new AnswerStates(expressions);
    Horizons horizons = new Horizons(expressions, tokens.longest());
    return new Constraint(
        expressions,
        new TokenAutomaton(states, horizons, tokens, learned, endTokens),
        new ForcedTokens(states, tokens, tokenizer),
        start,
        constraint instanceof OutputConstraint.JsonSchema);
  }

  /**
   * Looks a constraint over before there is a model.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_OPTION} as {@link #compile} does
   */
  public static void check(OutputConstraint constraint) {
    if (constraint.constrains()) {
      BitSet allBytes = new BitSet();
      allBytes.set(0, 256);
      withinTheStack(() -> expression(constraint, new Expressions(allBytes)));
    }
  }

  /** What is nested is compiled by recursion. */
  private static <T> T withinTheStack(Supplier<T> work) {
    try {
      return work.get();
    } catch (StackOverflowError e) {
      throw ConstraintErrors.bad(
          "json-schema nests too deeply, or refers on too often; make it flatter");
    }
  }

  private static Expression expression(OutputConstraint constraint, Expressions expressions) {
    Expression start = read(constraint, expressions);
    expressions.close();
    if (start.distance() >= Expression.NEVER) {
      throw ConstraintErrors.bad(
          "no answer meets the constraint: it contradicts or holds itself, or needs characters that the model has no tokens for");
    }
    return start;
  }

  private static Expression read(OutputConstraint constraint, Expressions expressions) {
    if (constraint instanceof OutputConstraint.Choice choice) {
      return expressions.choice(choice.texts().stream().map(expressions::literal).toList());
    }
    if (constraint instanceof OutputConstraint.Regex regex) {
      return regex(regex.pattern(), expressions);
    }
    if (constraint instanceof OutputConstraint.JsonSchema schema) {
      return SchemaCompiler.compile(schema.schema(), expressions);
    }
    throw new IllegalArgumentException("there is nothing to compile in " + constraint);
  }

  private static Expression regex(String pattern, Expressions expressions) {
    return TextAutomata.plain(RegexParser.whole(pattern), expressions.spellable())
        .map(expressions::regular)
        .orElseThrow(
            () ->
                ConstraintErrors.bad(
                    "the regular expression '%s' is too large; repeat less in it"
                        .formatted(pattern)));
  }
}

package io.reckon.engine.constraint;

import io.reckon.engine.constraint.StateNotes.Horizon;
import io.reckon.engine.constraint.StateNotes.Reach;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An automaton over tokens: which may come in a state, and to which state they lead. States are
 * expressions; what is learned of them is kept for all requests, as far as {@link Learned} lets it.
 * One thread at a time.
 */
final class TokenAutomaton {
  private static final int MOST_DISTANCES = 16;

  private final AnswerStates states;
  private final Horizons horizons;
  private final TokenTrie trie;
  private final Learned learned;
  private final int[] endTokens;
  private int masks;

  /** By state, the distance to which each token leads; those that were asked for last. */
  private final Map<Expression, int[]> distances =
      new LinkedHashMap<>(MOST_DISTANCES, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Expression, int[]> eldest) {
          return size() > MOST_DISTANCES;
        }
      };

  /** The states on the way down a tree of tokens. */
  private final Expression[] path;

  /**
   * @param learned of this constraint and others
   * @param endTokens ids that end an answer
   */
  TokenAutomaton(
      AnswerStates states, Horizons horizons, TokenTrie trie, Learned learned, int... endTokens) {
    this.states = states;
    this.horizons = horizons;
    this.trie = trie;
    this.learned = learned;
    this.endTokens = endTokens;
    this.path = new Expression[trie.longest() + 1];
  }

  Expression next(Expression state, int token) {
    Expression at = state;
    for (byte value : trie.bytes(token)) {
      at = states.next(at, value);
    }
    return at;
  }

  /**
   * Between two tokens: this constraint or others give up what they have learned, if that is too
   * much.
   */
  void tidy() {
    learned.use(this);
  }

  /** About how much memory holds what was learned. */
  long learnedBytes() {
    long ofTokens = (long) masks * trie.size() / 8 + 4L * distances.size() * trie.size();
    return ofTokens + states.learnedBytes();
  }

  /** Gives up what was learned; states that are still in use learn it again. */
  void forget() {
    states.forget();
    distances.clear();
    masks = 0;
  }

  /**
   * The tokens after which an answer can still end in time.
   *
   * @param left tokens that may come, the next included; below the state's distance, none is in
   *     time and all are given
   */
  TokenMask mask(Expression state, int left) {
    Horizon horizon = horizon(state);
    Reach reach = reach(horizon.state());
    boolean anyIsInTime = Expression.sum(reach.farthest(), horizon.beyond()) < left;
    boolean noneIsInTime = state.distance() > left;
    return anyIsInTime || noneIsInTime ? reach.mask() : maskWithin(state, left - 1);
  }

  private Reach reach(Expression state) {
    StateNotes notes = states.notes(state);
    if (notes.reach == null) {
      long[] words = words(state);
      int[] farthest = {0};
      walk(
          state,
          (token, distance) -> {
            words[token >> 6] |= 1L << token;
            farthest[0] = Math.max(farthest[0], distance);
          });
      notes.reach = new Reach(new TokenMask(words), farthest[0]);
      masks++;
    }
    return notes.reach;
  }

  private TokenMask maskWithin(Expression state, int most) {
    int[] ofTokens = distances.computeIfAbsent(state, this::distances);
    long[] words = words(state);
    for (int token = 0; token < ofTokens.length; token++) {
      if (ofTokens[token] <= most) {
        words[token >> 6] |= 1L << token;
      }
    }
    return new TokenMask(words);
  }

  private int[] distances(Expression state) {
    int[] ofTokens = new int[trie.size()];
    Arrays.fill(ofTokens, Expression.NEVER);
    walk(state, (token, distance) -> ofTokens[token] = distance);
    return ofTokens;
  }

  /** Room for the bits of all tokens, those that end the answer set where it may end. */
  private long[] words(Expression state) {
    int most = Math.max(trie.size(), Arrays.stream(endTokens).max().orElse(0) + 1);
    long[] words = new long[(most + 63) / 64];
    if (state.isNullable()) {
      for (int token : endTokens) {
        words[token >> 6] |= 1L << token;
      }
    }
    return words;
  }

  private interface Visitor {
    void visit(int token, int distance);
  }

  /** Visits every token that can come, with the distance of the state to which it leads. */
  private void walk(Expression state, Visitor visitor) {
    path[0] = state;
    for (int node = 0; node < trie.nodes(); ) {
      int depth = trie.depth(node);
      Expression at = path[depth - 1];
      if (loops(at, trie.classes(node))) {
        visitAll(node, trie.end(node), at.distance(), visitor);
        node = trie.end(node);
        continue;
      }
      Expression next = states.next(at, (byte) trie.label(node));
      if (states.isDead(next)) {
        node = trie.end(node);
        continue;
      }
      path[depth] = next;
      visitAll(node, node + 1, next.distance(), visitor);
      node++;
    }
  }

  /** Visits the tokens of some nodes. */
  private void visitAll(int from, int to, int distance, Visitor visitor) {
    for (int node = from; node < to; node++) {
      for (int token = trie.token(node); token >= 0; token = trie.twin(token)) {
        visitor.visit(token, distance);
      }
    }
  }

  /** Whether all bytes of some kinds lead from a state to itself, as in the midst of a string. */
  private boolean loops(Expression state, int classes) {
    StateNotes notes = states.notes(state);
    if ((classes & notes.leaving) != 0) {
      return false;
    }
    for (int left = classes & ~notes.looping; left != 0; left &= left - 1) {
      int one = Integer.lowestOneBit(left);
      for (byte value : ByteClass.bytes(one)) {
        if (states.next(state, value) != state) {
          notes.leaving |= one;
          return false;
        }
      }
      notes.looping |= one;
    }
    return true;
  }

  private Horizon horizon(Expression state) {
    StateNotes notes = states.notes(state);
    if (notes.horizon == null) {
      notes.horizon = horizons.of(state);
    }
    return notes.horizon;
  }

  byte[] bytes(int token) {
    return trie.bytes(token);
  }

  /** Whether nothing can follow. */
  boolean isDone(Expression state) {
    return states.isDone(state);
  }
}

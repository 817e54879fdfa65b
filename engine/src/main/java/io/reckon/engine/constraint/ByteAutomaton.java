package io.reckon.engine.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Transition;

/** A deterministic finite automaton over bytes. Immutable. */
final class ByteAutomaton {
  static final int DEAD = -1;
  private static final int BYTES = 256;

  /** A state's next by byte: {@code state * 256 + byte}. */
  private final int[] next;

  private final BitSet ends = new BitSet();

  /**
   * By state: bytes of the shortest way to the end, {@link Expression#NEVER} where there is none.
   */
  private final int[] distances;

  /**
   * @param automaton deterministic, over 0 to 255
   * @param spellable bytes that are tokens of their own
   */
  ByteAutomaton(Automaton automaton, BitSet spellable) {
    int states = automaton.getNumStates();
    this.next = new int[states * BYTES];
    Arrays.fill(next, DEAD);
    Transition transition = new Transition();
    for (int state = 0; state < states; state++) {
      int count = automaton.initTransition(state, transition);
      for (int i = 0; i < count; i++) {
        automaton.getNextTransition(transition);
        Arrays.fill(
            next,
            state * BYTES + transition.min,
            state * BYTES + transition.max + 1,
            transition.dest);
      }
    }
    this.distances = distances(automaton, spellable);
    markEnds(automaton);
  }

  /** Breadth first, backwards from where it accepts. */
  private int[] distances(Automaton automaton, BitSet spellable) {
    int states = automaton.getNumStates();
    List<List<Integer>> before = new ArrayList<>();
    for (int state = 0; state < states; state++) {
      before.add(new ArrayList<>());
    }
    for (int i = 0; i < next.length; i++) {
      if (next[i] != DEAD && spellable.get(i % BYTES)) {
        before.get(next[i]).add(i / BYTES);
      }
    }
    int[] found = new int[states];
    Arrays.fill(found, Expression.NEVER);
    Deque<Integer> queue = new ArrayDeque<>();
    for (int state = 0; state < states; state++) {
      if (automaton.isAccept(state)) {
        found[state] = 0;
        queue.add(state);
      }
    }
    while (!queue.isEmpty()) {
      int state = queue.remove();
      for (int earlier : before.get(state)) {
        if (found[earlier] == Expression.NEVER) {
          found[earlier] = found[state] + 1;
          queue.add(earlier);
        }
      }
    }
    return found;
  }

  private void markEnds(Automaton automaton) {
    for (int state = 0; state < automaton.getNumStates(); state++) {
      if (automaton.isAccept(state) && automaton.getNumTransitions(state) == 0) {
        ends.set(state);
      }
    }
  }

  int start() {
    return distances.length == 0 ? DEAD : 0;
  }

  /** The next state, or {@link #DEAD}. */
  int next(int state, int value) {
    return next[state * BYTES + value];
  }

  /** Whether a state accepts the empty string and nothing else. */
  boolean isEnd(int state) {
    return ends.get(state);
  }

  int distance(int state) {
    return distances[state];
  }
}

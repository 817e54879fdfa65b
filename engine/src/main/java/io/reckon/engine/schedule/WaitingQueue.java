package io.reckon.engine.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Sequences that wait for room. Those that gave up their pages come first; then callers take turns,
 * each with its own in order of arrival. The engine's thread only.
 */
final class WaitingQueue {
  private final Deque<Sequence> paused = new ArrayDeque<>();

  /** By caller, whose turn is next first. INVARIANT: none is empty. */
  private final Map<Long, Deque<Sequence>> turns = new LinkedHashMap<>();

  private int size;

  int size() {
    return size;
  }

  /** Queues a sequence behind the others of its caller. */
  void add(Sequence sequence) {
    turns.computeIfAbsent(sequence.caller(), any -> new ArrayDeque<>()).addLast(sequence);
    size++;
  }

  /** Queues a sequence before all others. */
  void addPaused(Sequence sequence) {
    paused.addFirst(sequence);
    size++;
  }

  /**
   * The sequence whose turn it is; null where there is none. A caller whose first one is not ready
   * is passed over, and has its turn next time.
   */
  Sequence next(Predicate<Sequence> ready) {
    if (!paused.isEmpty()) {
      return ready.test(paused.getFirst()) ? paused.getFirst() : null;
    }
    for (Deque<Sequence> ofCaller : turns.values()) {
      if (ready.test(ofCaller.getFirst())) {
        return ofCaller.getFirst();
      }
    }
    return null;
  }

  /** Takes out what {@link #next} gave; the turn passes to the next caller. */
  void take(Sequence sequence) {
    size--;
    if (!paused.remove(sequence)) {
      Deque<Sequence> left = turns.remove(sequence.caller());
      left.remove(sequence);
      if (!left.isEmpty()) {
        turns.put(sequence.caller(), left);
      }
    }
  }

  /** Takes out a sequence that waits no longer, if it is here; turns stay as they are. */
  void remove(Sequence sequence) {
    Deque<Sequence> ofCaller = turns.get(sequence.caller());
    if (paused.remove(sequence)) {
      size--;
    } else if (ofCaller != null && ofCaller.remove(sequence)) {
      size--;
      turns.values().removeIf(Deque::isEmpty);
    }
  }
}

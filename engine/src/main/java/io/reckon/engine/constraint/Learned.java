package io.reckon.engine.constraint;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds what the constraints of an engine have learned of their states, all together: once it is
 * too much, those that were used longest ago forget it. The thread that makes the answers only.
 */
final class Learned {
  private static final long MOST_BYTES =
      Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 16);

  private final long mostBytes;

  /** How much each has learned, the one that was used last at the end. */
  private final Map<TokenAutomaton, Long> bytes = new LinkedHashMap<>(16, 0.75f, true);

  private long total;

  Learned() {
    this(MOST_BYTES);
  }

  Learned(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Says that one is about to be used, between two tokens: it may have to forget, too. */
  void use(TokenAutomaton automaton) {
    long now = automaton.learnedBytes();
    Long before = bytes.put(automaton, now);
    total += now - (before == null ? 0 : before);
    Iterator<Map.Entry<TokenAutomaton, Long>> longestAgoFirst = bytes.entrySet().iterator();
    while (total > mostBytes && longestAgoFirst.hasNext()) {
      Map.Entry<TokenAutomaton, Long> entry = longestAgoFirst.next();
      total -= entry.getValue();
      entry.getKey().forget();
      longestAgoFirst.remove();
    }
  }
}

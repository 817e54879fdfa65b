package io.reckon.engine.schedule;

import io.reckon.engine.schedule.TokenHistory.Guess;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to learn a token, and to guess one, in a table that is full. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenHistoryBenchmark {
  private static final int TOKENS = 1 << 20;

  private final TokenHistory history = new TokenHistory();
  private final int[] tokens = new Random(1).ints(TOKENS, 0, 1000).toArray();
  private int at;

  @Setup
  public void fill() {
    for (int i = 1; i < TOKENS; i++) {
      history.learn(tokens, i, tokens[i], true);
    }
  }

  @Benchmark
  public void learn() {
    at = (at + 7919) % TOKENS;
    history.learn(tokens, at, tokens[at], true);
  }

  @Benchmark
  public Guess guess() {
    at = (at + 7919) % TOKENS;
    return history.guess(tokens, at);
  }
}

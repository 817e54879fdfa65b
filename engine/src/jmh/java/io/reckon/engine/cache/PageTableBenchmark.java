package io.reckon.engine.cache;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A prompt of 1,024 tokens meets a cache of 2,000 pages: what finding and keeping its pages costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PageTableBenchmark {
  private static final int TOKENS = 1024;

  private final PagePool pool = new PagePool(2000, 64);
  private final int[] known = new Random(1).ints(TOKENS + 1).toArray();
  private final Random random = new Random(2);

  @Setup
  public void publish() {
    for (int i = 0; i < 200; i++) {
      fresh();
    }
    keep(known);
  }

  /** Every page is found in the tree. */
  @Benchmark
  public int find() {
    PageTable table = new PageTable(pool);
    int found = table.adopt(known, known.length, 0);
    table.release();
    return found;
  }

  /** No page is found; as many are evicted, and kept anew. */
  @Benchmark
  public void fresh() {
    keep(random.ints(TOKENS + 1).toArray());
  }

  private void keep(int[] tokens) {
    PageTable table = new PageTable(pool);
    table.adopt(tokens, tokens.length, 0);
    table.reserve(tokens.length);
    table.publish(tokens, tokens.length);
    table.release();
  }
}

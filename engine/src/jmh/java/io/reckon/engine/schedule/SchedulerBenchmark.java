package io.reckon.engine.schedule;

import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a step costs the scheduler while requests below one prefix come, decode and go. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SchedulerBenchmark {
  private static final int PAGE = 64;
  private static final int PREFIX = 512;
  private static final int PROMPT = 600;
  private static final int LONGEST = 1000;

  @Param({"64", "256"})
  int running;

  private final Random random = new Random(1);
  private PagePool pool;
  private Scheduler scheduler;

  @Setup
  public void fill() {
    pool = new PagePool(running * (LONGEST / PAGE + 1) + 2, PAGE);
    scheduler = new Scheduler(pool, running, 512, 16);
    for (int i = 0; i < 2 * running; i++) {
      scheduler.add(sequence());
    }
    for (int i = 0; i < LONGEST; i++) {
      step();
    }
  }

  private Sequence sequence() {
    int[] tokens = new int[PROMPT];
    for (int i = 0; i < PROMPT; i++) {
      tokens[i] = i < PREFIX ? i : random.nextInt();
    }
    return new Sequence(tokens, new PageTable(pool), random.nextInt(4), Integer.MAX_VALUE);
  }

  @Benchmark
  public Batch step() {
    Batch batch = scheduler.next();
    scheduler.computed(batch);
    for (Slice slice : batch.decodes()) {
      extend(slice.sequence());
    }
    for (Slice slice : batch.prefills()) {
      if (slice.samples()) {
        extend(slice.sequence());
      }
    }
    return batch;
  }

  private void extend(Sequence sequence) {
    if (sequence.length() >= PROMPT + random.nextInt(LONGEST - PROMPT + 1)) {
      scheduler.remove(sequence);
      scheduler.add(sequence());
    } else {
      sequence.append(random.nextInt());
    }
  }
}

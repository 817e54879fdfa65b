package io.reckon.engine;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Scheduler;
import io.reckon.engine.schedule.Sequence;
import io.reckon.engine.schedule.Slice;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to lay out a step in which every request decodes, below a prefix or not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StepBenchmark {
  private static final int PAGE = 64;
  private static final int TOKENS = 1000;

  @Param({"64", "256"})
  int running;

  @Param({"0", "512"})
  int prefix;

  private final StepAssembler assembler = new StepAssembler(PAGE);
  private Batch batch;

  @Setup
  public void prefill() {
    PagePool pool = new PagePool(running * 2 * (TOKENS / PAGE + 1) + 2, PAGE);
    Scheduler scheduler = new Scheduler(pool, running, 512, 16);
    for (int i = 0; i < running; i++) {
      int[] tokens = new int[TOKENS];
      for (int place = 0; place < TOKENS; place++) {
        tokens[place] = place < prefix ? place : i;
      }
      scheduler.add(new Sequence(tokens, new PageTable(pool)));
    }
    do {
      batch = scheduler.next();
      scheduler.computed(batch);
      Stream.concat(batch.decodes().stream(), batch.prefills().stream())
          .filter(Slice::samples)
          .forEach(slice -> slice.sequence().append(1));
    } while (batch.decodes().size() < running);
    batch = scheduler.next();
  }

  @Benchmark
  public Object assemble() {
    return assembler.assemble(batch, any -> SamplingParameters.GREEDY);
  }
}

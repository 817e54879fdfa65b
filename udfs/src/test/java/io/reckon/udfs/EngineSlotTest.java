package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.EngineConfiguration;
import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.TaskKilledException;
import org.junit.jupiter.api.Test;

class EngineSlotTest {
  private static final FakeEngines FACTORY = new FakeEngines(1);
  private static final EngineSettings ONE = EngineSettings.builtin().withModel("one");
  private static final EngineSettings TWO = EngineSettings.builtin().withModel("two");

  private final List<String> given = new CopyOnWriteArrayList<>();
  private final AtomicBoolean killed = new AtomicBoolean();
  private final EngineSlot slot =
      new EngineSlot(Duration.ofMillis(50), Duration.ofMillis(400), this::givenUp, killed::get);
  private volatile Runnable whenGivenUp = () -> {};

  private void givenUp(String reason) {
    given.add(reason);
    whenGivenUp.run();
  }

  @Test
  void manyTasksShareOneEngine() throws Exception {
    ExecutorService tasks = Executors.newFixedThreadPool(8);
    Callable<EngineLease> task = () -> slot.lease(ONE, FACTORY, List.of());
    var leases = tasks.invokeAll(Stream.generate(() -> task).limit(32).toList());

    assertThat(leases).extracting(lease -> lease.get().engine()).containsOnly(FakeEngines.last());
    assertThat(slot.loads()).isEqualTo(1);
    tasks.shutdown();
  }

  @Test
  void keepsAnIdleEngineForTheNextJob() throws Exception {
    EngineLease first = lease(ONE);
    first.close();

    assertThat(lease(ONE).engine()).isSameAs(first.engine());
    assertThat(slot.loads()).isEqualTo(1);
  }

  @Test
  void replacesAnIdleEngineOfOtherSettings() throws Exception {
    EngineLease first = lease(ONE);
    first.close();
    EngineLease second = lease(TWO);

    assertThat(((FakeEngine) first.engine()).closed()).isTrue();
    assertThat(second.engine().model().name()).isEqualTo("two");
    assertThat(slot.loads()).isEqualTo(2);
  }

  @Test
  void givesTheCountersOfTheEngineThatIsThere() throws Exception {
    assertThat(slot.counters().running()).isZero();
    try (EngineLease lease = lease(ONE)) {
      GenerationRequest stuck =
          new GenerationRequest(List.of(Message.user("<stuck>")), SamplingParameters.GREEDY);
      var unused = lease.engine().submit(stuck);
      assertThat(slot.counters()).isEqualTo(lease.engine().counters());
      assertThat(slot.counters().running()).isEqualTo(1);
    }
    slot.close();
    assertThat(slot.counters().running()).isZero();
  }

  @Test
  void refusesOtherSettingsWhileTasksKeepAnEngineThatTheyAskNothing() throws Exception {
    EngineLease first = lease(ONE);

    assertThatThrownBy(() -> lease(TWO))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("runs model 'one' (auto) for 1 tasks")
        .hasMessageContaining("asks for model 'two'");
    assertThat(((FakeEngine) first.engine()).closed()).isFalse();
  }

  @Test
  void waitsForAnEngineOfOtherSettingsAsLongAsItHasRequests() throws Exception {
    EngineSlot patient =
        new EngineSlot(Duration.ofMillis(50), Duration.ofMinutes(1), given::add, killed::get);
    EngineLease first = patient.lease(ONE, FACTORY, List.of());
    GenerationHandle asked = first.submit(stuck(), false);
    CompletableFuture<EngineLease> second = leaseInBackground(patient);
    Thread.sleep(300);
    assertThat(second).as("six times its patience").isNotDone();

    asked.cancel();
    first.close();
    assertThat(second.get(20, TimeUnit.SECONDS).engine().model().name()).isEqualTo("two");
  }

  @Test
  void aKilledTaskWaitsForNoEngine() throws Exception {
    EngineSlot patient =
        new EngineSlot(Duration.ofMinutes(1), Duration.ofMinutes(1), given::add, killed::get);
    var unused = patient.lease(ONE, FACTORY, List.of());
    CompletableFuture<EngineLease> second = leaseInBackground(patient);

    killed.set(true);
    assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TaskKilledException.class);
  }

  private static CompletableFuture<EngineLease> leaseInBackground(EngineSlot slot) {
    return leaseInBackground(slot, FACTORY);
  }

  private static CompletableFuture<EngineLease> leaseInBackground(
      EngineSlot slot, EngineFactory factory) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return slot.lease(TWO, factory, List.of());
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static GenerationRequest stuck() {
    return new GenerationRequest(List.of(Message.user("<stuck>")), SamplingParameters.GREEDY);
  }

  @Test
  void aFailedEngineLeavesRoomForAnother() throws Exception {
    EngineLease first = lease(ONE);
    first.engineFailed();
    first.close();
    first.close();
    EngineLease second = lease(ONE);

    assertThat(((FakeEngine) first.engine()).closed()).isTrue();
    assertThat(((FakeEngine) second.engine()).closed()).isFalse();
  }

  @Test
  void anEngineThatDoesNotLoadIsTriedAgain() throws Exception {
    assertThatThrownBy(() -> lease(ONE.withModel("missing")))
        .hasMessage("there is no folder missing");

    assertThat(lease(ONE).engine().model().name()).isEqualTo("one");
  }

  @Test
  void anEngineThatEndsNoStepIsGivenUp() throws Exception {
    EngineLease lease = lease(ONE);
    var unused =
        lease.submit(
            new GenerationRequest(List.of(Message.user("<stuck>")), SamplingParameters.GREEDY),
            false);
    CompletableFuture<GenerationHandle> waiting =
        submitInBackground(
            lease,
            new GenerationRequest(List.of(Message.user("alone")), SamplingParameters.GREEDY),
            true);

    for (int i = 0; given.isEmpty() && i < 100; i++) {
      Thread.sleep(100);
    }
    assertThat(given).hasSize(1);

    assertThat(given.get(0)).contains("ended no step for 0 s with 1 requests in flight");
    assertThatThrownBy(lease::requireAlive)
        .isInstanceOf(EngineException.class)
        .hasMessage(given.get(0));
    assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
        .as("who waits for room in it")
        .hasRootCauseMessage(given.get(0));
    assertThat(lease(ONE).engine()).isNotSameAs(lease.engine());
  }

  @Test
  void anEngineThatEndsNoStepWhileItIsClosedIsGivenUp() throws Exception {
    CountDownLatch steps = new CountDownLatch(1);
    EngineLease lease = slot.lease(ONE, stuckEngines(steps), List.of());
    var unused = lease.submit(stuck(), false);
    lease.close();

    CompletableFuture<EngineLease> next = leaseInBackground(slot);
    for (int i = 0; given.isEmpty() && i < 100; i++) {
      Thread.sleep(100);
    }

    assertThat(given).hasSize(1);
    steps.countDown();
    assertThat(next.get(20, TimeUnit.SECONDS).engine().model().name()).isEqualTo("two");
  }

  @Test
  void anEngineThatWasGivenUpIsNotClosedByATaskThatLosesIt() throws Exception {
    EngineLease lease = slot.lease(ONE, stuckEngines(new CountDownLatch(1)), List.of());
    AtomicReference<EngineLease> next = new AtomicReference<>();
    whenGivenUp =
        () -> {
          CompletableFuture.runAsync(lease::engineFailed).join();
          next.set(leaseInBackground(slot).join());
        };
    var unused = lease.submit(stuck(), false);

    for (int i = 0; next.get() == null && i < 100; i++) {
      Thread.sleep(100);
    }
    assertThat(next.get()).isNotNull();
    assertThat(next.get().engine().model().name()).isEqualTo("two");
  }

  @Test
  void whoCountsLoadsWaitsForNone() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch loaded = new CountDownLatch(1);
    Function<InferenceEngine, InferenceEngine> slowly =
        engine -> {
          loading.countDown();
          await(loaded);
          return engine;
        };
    CompletableFuture<EngineLease> lease = leaseInBackground(slot, new Opened(slowly));
    loading.await();

    assertThat(CompletableFuture.supplyAsync(slot::loads).get(20, TimeUnit.SECONDS)).isZero();
    loaded.countDown();
    lease.join();
    assertThat(slot.loads()).isEqualTo(1);
  }

  private static EngineFactory stuckEngines(CountDownLatch step) {
    return new Opened(engine -> new StuckEngine(engine, step));
  }

  /**
   * Opens engines of {@link #FACTORY}.
   *
   * @param with what is done with one that was opened
   */
  private record Opened(Function<InferenceEngine, InferenceEngine> with) implements EngineFactory {
    @Override
    public InferenceEngine open(EngineConfiguration configuration) {
      return with.apply(FACTORY.open(configuration));
    }

    @Override
    public int cudaDevices() {
      return FACTORY.cudaDevices();
    }
  }

  /**
   * Closes only once its step has ended.
   *
   * @param step counted down when it does
   */
  private record StuckEngine(InferenceEngine engine, CountDownLatch step)
      implements InferenceEngine {
    @Override
    public GenerationHandle submit(GenerationRequest request) throws InterruptedException {
      return engine.submit(request);
    }

    @Override
    public ModelDescription model() {
      return engine.model();
    }

    @Override
    public EngineCounters counters() {
      return engine.counters();
    }

    @Override
    public void close() {
      await(step);
      engine.close();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEngineWithoutRequestsIsLeftAlone() throws Exception {
    EngineLease lease = lease(ONE);
    Thread.sleep(800);

    lease.requireAlive();
    assertThat(given).isEmpty();
  }

  @Test
  void aRequestThatIsToRunAloneWaitsForTheOthersAndKeepsThemOut() throws Exception {
    EngineLease lease = lease(ONE.withModel("slow"));
    GenerationRequest slow =
        new GenerationRequest(List.of(Message.user("<stuck>")), SamplingParameters.GREEDY);
    GenerationHandle company = lease.submit(slow, false);
    CompletableFuture<GenerationHandle> alone = submitInBackground(lease, slow, true);
    Thread.sleep(100);
    assertThat(alone).isNotDone();

    company.cancel();
    GenerationHandle only = alone.get(5, TimeUnit.SECONDS);
    CompletableFuture<GenerationHandle> next = submitInBackground(lease, slow, false);
    Thread.sleep(100);
    assertThat(next).isNotDone();

    only.cancel();
    next.get(5, TimeUnit.SECONDS).cancel();
  }

  private static CompletableFuture<GenerationHandle> submitInBackground(
      EngineLease lease, GenerationRequest request, boolean alone) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return lease.submit(request, alone);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private EngineLease lease(EngineSettings settings) throws InterruptedException {
    return slot.lease(settings, FACTORY, List.of());
  }
}

package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.reckon.engine.api.EngineCounters;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.FinishReason;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.PromptTruncation;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.cache.PagePool;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.constraint.Constraints;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.WeightMode;
import io.reckon.engine.schedule.StepCost;
import io.reckon.engine.text.TestTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BatchedEngineTest {
  private static final int CONTEXT = 512;

  @TempDir static Path folder;
  private static EngineConfiguration configuration;
  private static InferenceEngine engine;

  @BeforeAll
  static void open() throws Exception {
    model().write(folder);
    TestTokenizer.write(folder);
    configuration = new EngineConfiguration(folder.toString(), "float32", "cpu", 8, 64L << 20);
    engine = ReckonEngine.open(configuration);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void describesTheModel() {
    assertThat(engine.model().name()).isEqualTo(folder.getFileName().toString());
    assertThat(engine.model().fingerprint()).matches("[0-9a-f]{32}");
    assertThat(engine.model().contextTokens()).isEqualTo(CONTEXT);
    assertThat(engine.model().parameters()).isEqualTo(56_192);
  }

  @Test
  void answersABatchAsItAnswersOneAtATime() throws Exception {
    List<GenerationRequest> requests = requests(20, SamplingParameters.GREEDY);
    List<Generation> alone = new ArrayList<>();
    for (GenerationRequest request : requests) {
      alone.add(await(engine.submit(request)));
    }
    List<GenerationHandle> handles = new ArrayList<>();
    for (GenerationRequest request : requests) {
      handles.add(engine.submit(request));
    }
    for (int i = 0; i < handles.size(); i++) {
      assertSame(await(handles.get(i)), alone.get(i));
    }
  }

  @Test
  void repeatsADrawWithTheSameSeed() throws Exception {
    GenerationRequest request = new GenerationRequest(List.of(Message.user("the same")), drawn(7));
    Generation first = await(engine.submit(request));
    assertSame(await(engine.submit(request)), first);
    Generation other = await(engine.submit(new GenerationRequest(request.messages(), drawn(8))));
    assertThat(other.answer()).isNotEqualTo(first.answer());
  }

  @Test
  void servesManyThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<Generation>> results = new ArrayList<>();
      for (GenerationRequest request : requests(60, SamplingParameters.GREEDY)) {
        results.add(threads.submit(() -> await(engine.submit(request))));
      }
      for (Future<Generation> result : results) {
        assertThat(result.get().answerTokens()).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void remembersWhatEarlierRequestsComputed() throws Exception {
    GenerationRequest request =
        request("A long text that several requests begin with. ".repeat(5), 4);
    Generation first = await(engine.submit(request));
    Generation second = await(engine.submit(request));
    assertSame(second, first);
    assertThat(first.cachedTokens()).isZero();
    assertThat(second.cachedTokens()).isEqualTo((first.promptTokens() - 1) / 64 * 64);
    assertThat(engine.counters().cachedTokens()).isGreaterThanOrEqualTo(second.cachedTokens());
  }

  @Test
  void failsOnlyAPromptThatIsTooLong() throws Exception {
    GenerationHandle tooLong = engine.submit(request("9".repeat(600), 4));
    GenerationHandle fine = engine.submit(request("fine", 4));
    assertThat(failure(tooLong).code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG);
    assertThat(failure(tooLong))
        .hasMessageContaining("the prompt has 600 tokens")
        .hasMessageContaining("the context of 512 holds 511");
    assertThat(await(fine).promptTokens()).isPositive();
  }

  @Test
  void cutsAPromptThatIsTooLongWhereItIsToldTo() throws Exception {
    for (PromptTruncation policy : List.of(PromptTruncation.LEFT, PromptTruncation.RIGHT)) {
      SamplingParameters sampling =
          SamplingParameters.builder().maxNewTokens(4).truncation(policy).build();
      List<Message> messages = List.of(Message.user("9".repeat(600)));
      Generation cut = await(engine.submit(new GenerationRequest(messages, sampling)));
      assertThat(cut.promptTokens()).isEqualTo(CONTEXT - 4);
    }
  }

  @Test
  void failsAPromptThatIsLongerThanTheCache() throws Exception {
    try (InferenceEngine tight = ReckonEngine.open(withPages(6))) {
      assertThat(failure(tight.submit(request("9".repeat(400), 4))))
          .hasMessageStartingWith(
              "the prompt has 400 tokens; with one to generate, the context of 384 holds 383");
    }
  }

  @Test
  void failsAnEmptyPrompt() throws Exception {
    assertThat(failure(engine.submit(request("", 4))).code()).isEqualTo(ErrorCode.PROMPT_EMPTY);
  }

  @Test
  void endsAtTheContextWithLength() throws Exception {
    Generation generation = await(engine.submit(request("9".repeat(500), 100)));
    assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(generation.promptTokens() + generation.answerTokens()).isEqualTo(CONTEXT);
  }

  @Test
  void cancels() throws Exception {
    GenerationHandle handle = engine.submit(request("long", 400));
    handle.cancel();
    assertThat(failure(handle).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(await(engine.submit(request("next", 2))).answerTokens()).isPositive();
  }

  @Test
  void computesOnceWhatRequestsSubmittedTogetherBeginWith() throws Exception {
    EngineCounters before = engine.counters();
    List<GenerationHandle> handles = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      handles.add(engine.submit(request("one prefix for all ".repeat(12) + i, 5)));
    }
    int computed = 0;
    int hits = 0;
    for (GenerationHandle handle : handles) {
      Generation generation = await(handle);
      int steps =
          generation.answerTokens() + (generation.finishReason() == FinishReason.STOP ? 1 : 0);
      computed += generation.promptTokens() - generation.cachedTokens() + steps - 1;
      hits += generation.cachedTokens() > 0 ? 1 : 0;
    }
    assertThat(hits).isEqualTo(5);
    EngineCounters after = engine.counters();
    long drafts = after.draftedTokens() - before.draftedTokens();
    long came = after.acceptedTokens() - before.acceptedTokens();
    assertThat(after.computedTokens() - before.computedTokens() - (drafts - came))
        .isEqualTo(computed);
  }

  @Test
  void letsNoCallerWaitForAllRequestsOfAnother() throws Exception {
    AtomicInteger busyDone = new AtomicInteger();
    try (InferenceEngine narrow = ReckonEngine.open(withRunning(2))) {
      Thread busy =
          new Thread(
              () -> {
                for (int i = 0; i < 200; i++) {
                  GenerationHandle handle = submit(narrow, request("busy " + i, 20));
                  var unused = handle.result().thenRun(busyDone::incrementAndGet);
                }
              });
      busy.start();
      while (busyDone.get() < 10) {
        Thread.sleep(1);
      }
      int before = busyDone.get();
      List<GenerationHandle> few = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        few.add(narrow.submit(request("modest " + i, 20)));
      }
      for (GenerationHandle handle : few) {
        assertThat(await(handle).answerTokens()).isPositive();
      }
      assertThat(busyDone.get() - before).isLessThan(30);
      busy.join();
    }
  }

  @Test
  void cancelsAtAnyPoint() throws Exception {
    Random random = new Random(4);
    try (InferenceEngine tight = ReckonEngine.open(withPages(6))) {
      List<GenerationRequest> requests = new ArrayList<>();
      List<GenerationHandle> handles = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        requests.add(request("number ".repeat(i % 30) + i, 60 + i));
        handles.add(tight.submit(requests.get(i)));
        if (random.nextInt(4) > 0) {
          Thread.sleep(random.nextInt(4));
          handles.get(random.nextInt(handles.size())).cancel();
        }
      }
      int cancelled = 0;
      for (int i = 0; i < handles.size(); i++) {
        try {
          Generation generation = await(handles.get(i));
          if (i % 10 == 0) {
            assertSame(generation, await(engine.submit(requests.get(i))));
          }
        } catch (ExecutionException e) {
          assertThat(e).cause().hasMessage("the request was cancelled");
          cancelled++;
        }
      }
      assertThat(cancelled).isBetween(20, 100);
      assertThat(tight.counters().pauses()).isPositive();
      awaitIdle(tight);
    }
  }

  /** Nothing that ended holds pages. */
  private static void awaitIdle(InferenceEngine engine) throws InterruptedException {
    while (engine.counters().pagesHeld() > 0) {
      Thread.sleep(1);
    }
    assertThat(engine.counters().running()).isZero();
    assertThat(engine.counters().waiting()).isZero();
  }

  @Test
  void letsASubmitterThatWaitsForRoomBeInterrupted() throws Exception {
    try (InferenceEngine narrow = ReckonEngine.open(withRunning(1))) {
      List<GenerationHandle> handles = fill(narrow, 4);
      Thread waiting = new Thread(() -> submit(narrow, request("one too many", 5)));
      waiting.start();
      awaitWaiting(waiting);
      waiting.interrupt();
      waiting.join();
      handles.forEach(GenerationHandle::cancel);
      assertThat(await(narrow.submit(request("next", 5))).answerTokens()).isPositive();
    }
  }

  @Test
  void failsASubmitterThatWaitsForRoomWhenItCloses() throws Exception {
    InferenceEngine narrow = ReckonEngine.open(withRunning(1));
    var unused = fill(narrow, 4);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread waiting = new Thread(() -> submit(narrow, request("one too many", 5)));
    waiting.setUncaughtExceptionHandler((thread, exception) -> thrown.set(exception));
    waiting.start();
    awaitWaiting(waiting);
    narrow.close();
    waiting.join();
    assertThat(thrown.get()).isInstanceOf(EngineException.class).hasMessage("the engine is closed");
  }

  /** Takes all of an engine's places. */
  private static List<GenerationHandle> fill(InferenceEngine engine, int places) {
    List<GenerationHandle> handles = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      handles.add(submit(engine, request("long " + i, 480)));
    }
    return handles;
  }

  private static void awaitWaiting(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
  }

  private static GenerationHandle submit(InferenceEngine engine, GenerationRequest request) {
    try {
      return engine.submit(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Test
  void failsWhatIsLeftWhenItCloses() throws Exception {
    InferenceEngine closing = ReckonEngine.open(configuration);
    List<GenerationHandle> handles = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      handles.add(closing.submit(request("number " + i, 480)));
    }
    closing.close();
    closing.close();
    for (GenerationHandle handle : handles) {
      assertThat(failure(handle).code()).isEqualTo(ErrorCode.ENGINE_CLOSED);
    }
    assertThat(closing.counters().failures()).isEqualTo(20);
    assertThatThrownBy(() -> closing.submit(request("late", 1)))
        .isInstanceOf(EngineException.class)
        .hasMessage("the engine is closed");
  }

  @Test
  void anInterruptedOpenBlamesNoFile() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> ReckonEngine.open(configuration))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENGINE_CLOSED))
          .hasMessage("loading was interrupted; open the engine again");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void pausesAndRecomputesWhenTheCacheIsSmall() throws Exception {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(request("number " + i, 150 + i));
    }
    try (InferenceEngine tight = ReckonEngine.open(withPages(6))) {
      assertThat(tight.model().contextTokens()).isEqualTo(6 * 64);
      List<GenerationHandle> handles = new ArrayList<>();
      for (GenerationRequest request : requests) {
        handles.add(tight.submit(request));
      }
      for (int i = 0; i < handles.size(); i++) {
        assertSame(await(handles.get(i)), await(engine.submit(requests.get(i))));
      }
      EngineCounters counters = tight.counters();
      assertThat(counters.pauses()).isPositive();
      assertThat(counters.evictions()).isPositive();
      assertThat(counters.pages()).isEqualTo(6);
    }
  }

  @Test
  void failsOnlyTheRequestWhoseScoresAreNotFinite(@TempDir Path other) throws Exception {
    model().poison(TestTokenizer.ofByte('x')).write(other);
    TestTokenizer.write(other);
    GenerationRequest healthy = request("9".repeat(100), 3);
    try (InferenceEngine infected = ReckonEngine.open(configuration.withModel(other.toString()))) {
      Generation expected = await(infected.submit(healthy));
      for (int i = 0; i < 20; i++) {
        GenerationHandle poisoned = infected.submit(request("9".repeat(40) + "x", 4));
        assertSame(await(infected.submit(healthy)), expected);
        assertThat(failure(poisoned).code()).isEqualTo(ErrorCode.SCORES_NOT_FINITE);
        assertThat(failure(poisoned)).hasMessageStartingWith("the model's scores after 41 tokens");
      }
    }
  }

  /** In the prompt's midst, where its own scores don't show it; and again, from the cache. */
  @Test
  void givesNoAnswerFromNumbersThatAreNotFinite(@TempDir Path other) throws Exception {
    model().poison(TestTokenizer.ofByte('x')).write(other);
    TestTokenizer.write(other);
    String prompt = "9".repeat(30) + "x" + "9".repeat(100);
    try (InferenceEngine infected = ReckonEngine.open(configuration.withModel(other.toString()))) {
      for (int i = 0; i < 3; i++) {
        GenerationHandle poisoned = infected.submit(request(prompt + i, 4));
        assertThat(failure(poisoned).code()).isEqualTo(ErrorCode.SCORES_NOT_FINITE);
      }
      assertThat(await(infected.submit(request("9".repeat(130), 3))).answerTokens()).isPositive();
    }
  }

  /** The cache would have zeros in the place of such latents. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "layers.0.self_attn.kv_a_proj_with_mqa",
        "layers.0.self_attn.kv_a_layernorm",
        "layers.1.self_attn.kv_a_layernorm"
      })
  void givesNoAnswerFromLatentsThatAreNotFinite(String damaged, @TempDir Path other)
      throws Exception {
    model().poison("model." + damaged + ".weight", 0).write(other);
    TestTokenizer.write(other);
    try (InferenceEngine infected = ReckonEngine.open(configuration.withModel(other.toString()))) {
      for (String prompt : List.of("9", "9".repeat(100))) {
        EngineException failure = failure(infected.submit(request(prompt, 4)));
        assertThat(failure.code()).isEqualTo(ErrorCode.SCORES_NOT_FINITE);
      }
    }
  }

  @Test
  void failsOnlyTheRequestWithWhichItCannotGoOn() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(folder.toString());
    LoadedModel model = LoadedModel.load(checkpoint, configuration);
    EngineText text = ReckonEngine.text(checkpoint, ReasoningMarkers.OF_MODEL);
    Constraints broken =
        new Constraints(
            text.tokenizer()::bytesOfText,
            forced -> {
              throw new IllegalStateException("no token");
            },
            text.endTokens());
    EngineText unable = new EngineText(text.tokenizer(), text.encoder(), broken, text.endTokens());
    try (BatchedEngine halting =
        new BatchedEngine(engine.model(), unable, model, configuration, new EngineThread())) {
      halting.start();
      GenerationHandle failed =
          halting.submit(
              new GenerationRequest(
                  List.of(Message.user("a")),
                  SamplingParameters.builder()
                      .constraint(new OutputConstraint.Choice(List.of("b")))
                      .build()));
      assertThat(await(halting.submit(request("healthy", 3))).answerTokens()).isPositive();
      assertThat(failure(failed).code()).isEqualTo(ErrorCode.REQUEST_FAILED);
      assertThat(failure(failed))
          .hasMessageContaining("could not go on")
          .hasMessageContaining("no token");
    }
  }

  @Test
  void failsEverythingOnceAStepFails() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(folder.toString());
    ModelProgram program = ModelProgram.load(checkpoint, WeightMode.FLOAT32, Device.cpu(), 2, 64);
    LoadedModel morePagesThanThereAre =
        new LoadedModel(program, new PagePool(50, 64), CONTEXT, new StepCost(8, 1000));
    try (BatchedEngine broken =
        new BatchedEngine(
            engine.model(),
            ReckonEngine.text(checkpoint, ReasoningMarkers.OF_MODEL),
            morePagesThanThereAre,
            configuration,
            new EngineThread())) {
      broken.start();
      GenerationHandle first = broken.submit(request("9".repeat(100), 4));
      assertThat(failure(first).code()).isEqualTo(ErrorCode.ENGINE_FAILED);
      assertThat(failure(first))
          .hasMessageMatching(
              "the engine failed in a step: step of model.py failed: RuntimeError: .*out of.*");
      assertThatThrownBy(
              () -> {
                while (true) {
                  await(broken.submit(request("later", 1)));
                }
              })
          .isInstanceOf(EngineException.class)
          .hasMessageStartingWith("the engine failed in a step: ");
    }
  }

  private static void assertSame(Generation actual, Generation expected) {
    assertThat(actual.answer()).isEqualTo(expected.answer());
    assertThat(actual.logprob()).isCloseTo(expected.logprob(), within(1e-3));
    assertThat(actual)
        .usingRecursiveComparison()
        .ignoringFields("logprob", "cachedTokens")
        .isEqualTo(expected);
  }

  private static org.assertj.core.data.Offset<Double> within(double difference) {
    return org.assertj.core.data.Offset.offset(difference);
  }

  private static EngineConfiguration withRunning(int maxRunning) {
    return new EngineConfiguration(folder.toString(), "float32", "cpu", maxRunning, 64L << 20);
  }

  /** A cache of so many pages, besides the scratch page. */
  private static EngineConfiguration withPages(int pages) {
    long pageBytes = 2 * 64 * 24 * 4;
    return new EngineConfiguration(folder.toString(), "float32", "cpu", 8, (pages + 1) * pageBytes);
  }

  private static RandomCheckpoint model() {
    return new RandomCheckpoint(1)
        .untied()
        .with("vocab_size", TestTokenizer.SIZE)
        .with("max_position_embeddings", CONTEXT);
  }

  private static SamplingParameters drawn(long seed) {
    return SamplingParameters.builder()
        .temperature(0.8)
        .topP(0.9)
        .seed(seed)
        .maxNewTokens(24)
        .build();
  }

  private static List<GenerationRequest> requests(int count, SamplingParameters sampling) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String prompt = "number " + i + " " + "word ".repeat(i * 5 % 37);
      requests.add(
          new GenerationRequest(
              List.of(Message.user(prompt)), sampling.withMaxNewTokens(10 + i % 7 * 13)));
    }
    return requests;
  }

  private static GenerationRequest request(String prompt, int maxNewTokens) {
    return new GenerationRequest(
        List.of(Message.user(prompt)), SamplingParameters.GREEDY.withMaxNewTokens(maxNewTokens));
  }

  private static Generation await(GenerationHandle handle) throws Exception {
    return handle.result().get(30, TimeUnit.SECONDS);
  }

  private static EngineException failure(GenerationHandle handle) throws Exception {
    try {
      handle.result().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return (EngineException) cause;
    }
    throw new AssertionError("the request did not fail");
  }
}

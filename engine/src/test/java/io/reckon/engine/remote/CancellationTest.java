package io.reckon.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.GenerationHandle;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The server may take ten minutes, so whatever ends in seconds was ended. */
class CancellationTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static InferenceEngine open(String baseUrl, int concurrency) {
    return RemoteEngine.open(
        new EndpointConfiguration(
            baseUrl,
            "m",
            EndpointConfiguration.DEFAULT_KEY_VARIABLE,
            concurrency,
            0,
            8,
            600,
            Set.of()),
        ReasoningMarkers.OF_MODEL,
        name -> null);
  }

  private static GenerationHandle submit(InferenceEngine engine, String prompt)
      throws InterruptedException {
    return engine.submit(
        new GenerationRequest(List.of(Message.user(prompt)), SamplingParameters.GREEDY));
  }

  private static void assertFailedWith(ErrorCode code, GenerationHandle handle) {
    assertThatThrownBy(() -> handle.result().join())
        .cause()
        .isInstanceOfSatisfying(
            EngineException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private static void await(BooleanSupplier reached) throws InterruptedException {
    long start = System.nanoTime();
    while (!reached.getAsBoolean()) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
      Thread.sleep(5);
    }
  }

  @Test
  void hangsUpOnAServerThatIsAtWorkAndSendsTheNextRequest()
      throws IOException, InterruptedException {
    try (SilentServer server = SilentServer.start();
        InferenceEngine engine = open(server.baseUrl(), 1)) {
      GenerationHandle first = submit(engine, "the first");
      await(() -> server.hasReceived("the first"));
      GenerationHandle second = submit(engine, "the second");
      first.cancel();
      assertFailedWith(ErrorCode.CANCELLED, first);
      await(() -> server.hangUps() == 1);
      await(() -> server.hasReceived("the second"));
      assertThat(second.result()).isNotDone();
      assertThat(engine.counters().steps()).as("attempts that ended").isEqualTo(1);
    }
  }

  @Test
  void hangsUpOnAServerThatIsInTheMidstOfItsReply() throws IOException, InterruptedException {
    try (ChatServer server = ChatServer.start();
        InferenceEngine engine = open(server.baseUrl(), 1)) {
      GenerationHandle slow = submit(engine, "slow! x");
      await(() -> server.attempts("slow! x") == 1);
      Thread.sleep(300);
      GenerationHandle next = submit(engine, "next");
      slow.cancel();
      await(() -> next.result().isDone());
      assertThat(next.result().join().answer()).isEqualTo("said next");
      await(() -> server.hangUps() == 1);
      assertThat(server.attempts("slow! x")).isEqualTo(1);
    }
  }

  @Test
  void endsAPause() throws IOException, InterruptedException {
    try (ChatServer server = ChatServer.start();
        InferenceEngine engine = open(server.baseUrl(), 1)) {
      GenerationHandle waiting = submit(engine, "wait:600! x");
      await(() -> engine.counters().steps() == 1);
      waiting.cancel();
      assertFailedWith(ErrorCode.CANCELLED, waiting);
      await(() -> engine.counters().running() == 0);
      assertThat(server.attempts("wait:600! x")).isEqualTo(1);
    }
  }

  @Test
  void closingTheEngineHangsUpAndFreesItsThreads() throws IOException, InterruptedException {
    try (SilentServer server = SilentServer.start()) {
      InferenceEngine engine = open(server.baseUrl(), 2);
      GenerationHandle first = submit(engine, "the first");
      GenerationHandle second = submit(engine, "the second");
      await(() -> server.hasReceived("the first") && server.hasReceived("the second"));
      engine.close();
      assertFailedWith(ErrorCode.ENGINE_CLOSED, first);
      assertFailedWith(ErrorCode.ENGINE_CLOSED, second);
      await(() -> server.hangUps() == 2);
      await(() -> engine.counters().running() == 0);
    }
  }
}

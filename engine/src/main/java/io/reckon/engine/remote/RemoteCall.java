package io.reckon.engine.remote;

import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One request, sent until it is answered, refused, or failed too often.
 *
 * @param send one attempt; throws {@link OpenAIException}
 * @param attemptEnded called after each, however it ended
 */
record RemoteCall(
    ChatCompletionCreateParams request,
    SamplingParameters sampling,
    ReasoningMarkers markers,
    Function<ChatCompletionCreateParams, ChatCompletion> send,
    RateGate gate,
    int retries,
    Optional<ApiKey> key,
    Runnable attemptEnded) {
  /**
   * @throws EngineException for the row: refused, or failed too often
   * @throws InterruptedException where it was cancelled
   */
  Generation run() throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      gate.await();
      EndpointFailure failure;
      try {
        return read(send.apply(request));
      } catch (OpenAIException e) {
        requireNotInterrupted();
        failure = EndpointFailure.of(e);
      } catch (EngineException e) {
        throw new EngineException(e.code(), redacted(e.getMessage()));
      } finally {
        attemptEnded.run();
      }
      if (!failure.passing() || attempt >= retries) {
        throw failure.exception(attempt + 1, key);
      }
      rest(failure, attempt);
    }
  }

  private Generation read(ChatCompletion reply) {
    try {
      return ChatReply.read(reply, sampling, markers);
    } catch (OpenAIInvalidDataException e) { // Of a member; what may pass is thrown as another.
      throw EndpointFailure.ofReply(e, key);
    }
  }

  private String redacted(String message) {
    return key.map(secret -> secret.redact(message)).orElse(message);
  }

  /**
   * A pause that the server asks for is every request's. This one's own comes on top of it: the
   * server may ask for none at all, and those that failed together must not come back together.
   */
  private void rest(EndpointFailure failure, int attempt) throws InterruptedException {
    failure.pause().ifPresent(gate::pause);
    Duration asked = failure.pause().orElse(Duration.ZERO);
    TimeUnit.NANOSECONDS.sleep(asked.plus(Backoff.delay(attempt)).toNanos());
  }

  /** One that is cancelled is interrupted, and its call broken off, which the client reports. */
  private static void requireNotInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(ErrorCode.CANCELLED.name());
    }
  }
}

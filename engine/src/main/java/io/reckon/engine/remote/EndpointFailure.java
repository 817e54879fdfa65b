package io.reckon.engine.remote;

import com.openai.core.JsonObject;
import com.openai.core.JsonString;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one attempt failed with.
 *
 * @param code what the row fails with if no other attempt is made
 * @param passing whether the same request may get through later
 * @param pause how long the server wants to be left alone
 * @param what in the words of the server, or of the client; may hold the key
 */
record EndpointFailure(ErrorCode code, boolean passing, Optional<Duration> pause, String what) {
  private static final int MOST_CHARACTERS = 500;

  /** Of an exception that the client throws: a status, a broken connection, a body cut off. */
  static EndpointFailure of(OpenAIException thrown) {
    if (thrown instanceof OpenAIServiceException reply) {
      return ofStatus(reply);
    }
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String what =
        root == thrown
            ? thrown.getMessage()
            : "%s (%s: %s)"
                .formatted(thrown.getMessage(), root.getClass().getSimpleName(), root.getMessage());
    return new EndpointFailure(ErrorCode.ENDPOINT_UNAVAILABLE, true, Optional.empty(), what);
  }

  private static EndpointFailure ofStatus(OpenAIServiceException reply) {
    ErrorCode code = code(reply);
    return new EndpointFailure(
        code,
        code == ErrorCode.ENDPOINT_UNAVAILABLE,
        reply.headers().values("Retry-After").stream()
            .findFirst()
            .flatMap(header -> Backoff.retryAfter(header, Instant.now())),
        reply.getMessage());
  }

  private static ErrorCode code(OpenAIServiceException reply) {
    String named = named(reply);
    if (named.equals("context_length_exceeded")) {
      return ErrorCode.PROMPT_TOO_LONG;
    }
    if (named.equals("insufficient_quota")) {
      return ErrorCode.ENDPOINT_DENIED;
    }
    // As a 404, whichever status a server has for it. Where it fails itself, it may be asked again:
    // gateways say so with a 503 while nothing behind them has the model.
    if (named.equals("model_not_found") && reply.statusCode() < 500) {
      return ErrorCode.ENDPOINT_DENIED;
    }
    return switch (reply.statusCode()) {
      // All rows ask at one URL: where nothing is served there (a model that isn't loaded yet, a
      // server's rollout), no row is at fault, and a later run may find it.
      case 401, 402, 403, 404, 405 -> ErrorCode.ENDPOINT_DENIED;
      case 408, 409, 425, 429 -> ErrorCode.ENDPOINT_UNAVAILABLE;
      default ->
          reply.statusCode() >= 500 ? ErrorCode.ENDPOINT_UNAVAILABLE : ErrorCode.ENDPOINT_REFUSED;
    };
  }

  /**
   * Only where it is text: llama.cpp, vLLM and others give a number, at which the client throws.
   */
  private static String named(OpenAIServiceException reply) {
    return reply.body() instanceof JsonObject error
            && error.values().get("code") instanceof JsonString code
        ? code.value()
        : "";
  }

  /** What the row fails with. It has no cause: a cause is logged, and may hold the key. */
  EngineException exception(int attempts, Optional<ApiKey> key) {
    String shown = shown(what, key);
    return new EngineException(
        code,
        switch (code) {
          case ENDPOINT_UNAVAILABLE ->
              "the endpoint failed %d times, at last with: %s; try again later, with fewer requests at a time or more retries"
                  .formatted(attempts, shown);
          case ENDPOINT_DENIED ->
              "the endpoint denied access, or serves no such model there: %s; check the key's variable on the executors and the account, or --base-url and the name in --model"
                  .formatted(shown);
          default -> "the endpoint refused the request: %s".formatted(shown);
        });
  }

  /** Of a reply that came whole and isn't the protocol's: asked again, it would come so again. */
  static EngineException ofReply(OpenAIInvalidDataException unreadable, Optional<ApiKey> key) {
    return new EngineException(
        ErrorCode.ENDPOINT_REFUSED,
        "the endpoint's reply is not as the protocol has it: %s; check that --base-url is a server of chat completions"
            .formatted(shown(unreadable.getMessage(), key)));
  }

  private static String shown(String what, Optional<ApiKey> key) {
    String said = key.map(secret -> secret.redact(what)).orElse(what).replaceAll("\\s+", " ");
    return said.length() > MOST_CHARACTERS ? said.substring(0, MOST_CHARACTERS) : said;
  }
}

package io.reckon.engine.remote;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A key, kept from everything that is written. */
final class ApiKey {
  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /**
   * Reads the key; servers of one's own often want none, so the usual variable may be unset.
   *
   * @param environment gives a variable's value, or null
   * @throws EngineException {@code BAD_OPTION} where a variable was named and is not set
   */
  static Optional<ApiKey> read(String variable, UnaryOperator<String> environment) {
    String value = environment.apply(variable);
    if (value != null && !value.isBlank()) {
      return Optional.of(new ApiKey(value.strip()));
    }
    if (variable.equals(EndpointConfiguration.DEFAULT_KEY_VARIABLE)) {
      return Optional.empty();
    }
    throw new EngineException(
        ErrorCode.BAD_OPTION,
        "--api-key-env names %s, which is not set here; set it where every executor starts"
            .formatted(variable));
  }

  /** For the request alone. */
  String reveal() {
    return value;
  }

  /** A text of the server's without the key, should it stand there. */
  String redact(String text) {
    return text.replace(value, "***");
  }

  @Override
  public String toString() {
    return "***";
  }
}

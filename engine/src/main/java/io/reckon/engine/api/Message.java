package io.reckon.engine.api;

import java.util.Objects;

/**
 * One turn of a conversation.
 *
 * @param role who speaks, as the chat template names it: {@code system}, {@code user}, {@code
 *     assistant}
 * @param content plain text; never read as control tokens
 */
public record Message(String role, String content) {
  public Message {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(content, "content");
  }

  public static Message system(String content) {
    return new Message("system", content);
  }

  public static Message user(String content) {
    return new Message("user", content);
  }
}

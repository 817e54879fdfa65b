package io.reckon.jobs.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.udfs.RowOptions;
import java.util.Map;
import java.util.Set;

/**
 * Whether the model reasons, how long, and whether the results have it: OpenAI's {@code
 * reasoning_effort}, DeepSeek's {@code thinking}, vLLM's template arguments and budget.
 */
final class BatchThinking {
  private static final String ARGUMENTS = "chat_template_kwargs";

  /** What templates call it. */
  private static final Set<String> SWITCHES = Set.of("thinking", "enable_thinking");

  private static final Set<String> MEMBERS =
      Set.of(
          ARGUMENTS,
          "thinking",
          RowOptions.THINKING_BUDGET,
          RowOptions.REASONING_EFFORT,
          RowOptions.INCLUDE_REASONING);

  private final ObjectNode options;

  /**
   * @param options takes what is asked for, as {@link RowOptions} reads it
   */
  BatchThinking(ObjectNode options) {
    this.options = options;
  }

  /** Whether a member of a body is about this. */
  static boolean knows(String member) {
    return MEMBERS.contains(member);
  }

  void take(String member, JsonNode value) throws RefusedRequestException {
    switch (member) {
      case ARGUMENTS -> takeArguments(value);
      case "thinking" -> {
        String type = value.path("type").asText();
        BatchValues.require(Set.of("enabled", "disabled").contains(type), member, value);
        think(member, type.equals("enabled"));
      }
      case RowOptions.THINKING_BUDGET -> takeBudget(member, value);
      case RowOptions.REASONING_EFFORT -> {
        BatchValues.require(value.isTextual(), member, value);
        options.set(member, value);
      }
      default -> {
        BatchValues.require(value.isBoolean(), member, value);
        options.set(member, value);
      }
    }
  }

  private void takeArguments(JsonNode arguments) throws RefusedRequestException {
    BatchValues.require(arguments.isObject(), ARGUMENTS, arguments);
    for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
      String where = ARGUMENTS + "." + argument.getKey();
      if (!SWITCHES.contains(argument.getKey())) {
        throw BatchValues.unknown(where);
      }
      BatchValues.require(argument.getValue().isBoolean(), where, argument.getValue());
      think(where, argument.getValue().booleanValue());
    }
  }

  private void think(String where, boolean wanted) throws RefusedRequestException {
    JsonNode before = options.get(RowOptions.THINKING);
    if (before != null && before.booleanValue() != wanted) {
      throw new RefusedRequestException(
          "body.%s is %s, and another member says the opposite; leave one out"
              .formatted(where, wanted));
    }
    options.put(RowOptions.THINKING, wanted);
  }

  /** vLLM has -1 for no limit, and 0 for no reasoning. */
  private void takeBudget(String member, JsonNode value) throws RefusedRequestException {
    BatchValues.require(BatchValues.isInteger(value) && value.intValue() >= -1, member, value);
    if (value.intValue() == 0) {
      think(member, false);
    } else if (value.intValue() > 0) {
      options.set(member, value);
    }
  }
}

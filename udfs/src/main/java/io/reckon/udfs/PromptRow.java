package io.reckon.udfs;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A row to answer: its id and its conversation. */
public final class PromptRow {
  /** One message. */
  public static final StructType MESSAGE =
      new StructType().add("role", StringType).add("content", StringType);

  public static final ArrayType MESSAGES = DataTypes.createArrayType(MESSAGE);

  /** A prompt, and what it asks for in a way of its own: {@link RowOptions}, mostly null. */
  public static final StructType SCHEMA =
      new StructType()
          .add("prompt_id", StringType, false)
          .add("messages", MESSAGES)
          .add("overrides", StringType);

  /**
   * A prompt, which of its answers to make, and the key of that request: what {@link
   * GeneratePartition} takes.
   */
  public static final StructType SAMPLES =
      SCHEMA.add("sample", DataTypes.IntegerType, false).add("request_key", StringType, false);

  private static final Set<String> ROLES = Set.of("system", "user", "assistant");

  private PromptRow() {}

  static String id(Row row) {
    return row.getString(0);
  }

  /** Of {@link #SAMPLES}. */
  static RowOptions options(Row row) {
    return RowOptions.parse(row.getString(2));
  }

  static int sample(Row row) {
    return row.getInt(3);
  }

  static String requestKey(Row row) {
    return row.getString(4);
  }

  /**
   * The row's conversation.
   *
   * @throws EngineException where the row holds none that a model could answer
   */
  static List<Message> messages(Row row) {
    if (row.isNullAt(1)) {
      throw empty("the prompt is null");
    }
    List<Row> turns = row.getList(1);
    List<Message> messages = new ArrayList<>(turns.size());
    for (Row turn : turns) {
      messages.add(message(turn, messages.size()));
    }
    requireQuestion(messages);
    return messages;
  }

  private static Message message(Row turn, int index) {
    if (turn == null || turn.isNullAt(1)) {
      throw empty(index == 0 ? "the prompt is null" : "message " + index + " has null content");
    }
    String role = turn.getString(0);
    if (role == null || !ROLES.contains(role)) {
      throw new EngineException(
          ErrorCode.TEMPLATE_REFUSED,
          "message %d has role '%s'; give system, user or assistant".formatted(index, role));
    }
    return new Message(role, turn.getString(1));
  }

  private static void requireQuestion(List<Message> messages) {
    boolean asked =
        messages.stream().anyMatch(m -> !m.role().equals("system") && !m.content().isBlank());
    if (!asked) {
      throw empty(messages.isEmpty() ? "the row has no messages" : "the prompt is empty");
    }
  }

  private static EngineException empty(String message) {
    return new EngineException(ErrorCode.PROMPT_EMPTY, message + "; give it some text");
  }
}

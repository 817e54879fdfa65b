package io.reckon.jobs.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.forall;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The content of a chat's message: a text, or a list of parts, {@code {type, text}}. */
final class MessageContent {
  private static final ArrayType PARTS =
      DataTypes.createArrayType(
          new StructType().add("type", DataTypes.StringType).add("text", DataTypes.StringType));

  private static final ArrayType CONVERSATION =
      DataTypes.createArrayType(
          new StructType().add("role", DataTypes.StringType).add("content", DataTypes.StringType));

  private MessageContent() {}

  /** Whether a column holds a list of parts. */
  static boolean isParts(DataType type) {
    return type instanceof ArrayType list
        && list.elementType() instanceof StructType part
        && List.of(part.fieldNames()).containsAll(List.of("type", "text"));
  }

  /** The texts of parts as one, as the servers of chats join them; null where one is no text. */
  static Column text(Column parts) {
    Column texts = transform(parts, part -> part.getField("text").cast("string"));
    return when(not(hasOthers(parts)), array_join(texts, "\n"));
  }

  /** Whether a part is no text. */
  static Column hasOthers(Column parts) {
    return exists(parts, part -> not(isText(part)));
  }

  private static Column isText(Column part) {
    return part.getField("type").eqNullSafe("text").and(part.getField("text").isNotNull());
  }

  /**
   * A conversation that stands as JSON in a text, as {@code PromptRow.MESSAGES}; null for any other
   * text. Spark makes such texts of JSON where a column holds texts and conversations.
   */
  static Column conversation(Column text) {
    Column parsed = from_json(text, CONVERSATION);
    Column isOne =
        forall(parsed, message -> message.getField("role").isin("system", "user", "assistant"));
    Column messages =
        transform(
            parsed,
            message ->
                struct(
                    message.getField("role").as("role"),
                    text(partsOfText(message.getField("content"))).as("content")));
    return when(text.startsWith("[{").and(isOne), messages);
  }

  /**
   * The rows of JSON files, in which some messages may have a text and others a list: of these
   * Spark makes the lists' JSON text. All become lists.
   */
  static Dataset<Row> partsOfJson(Dataset<Row> rows) {
    Dataset<Row> read = rows;
    for (StructField field : rows.schema().fields()) {
      if (holdsTexts(field.dataType())) {
        Column messages = col("`" + field.name().replace("`", "``") + "`");
        read =
            read.withColumn(
                field.name(),
                transform(
                    messages,
                    message ->
                        message.withField("content", partsOfText(message.getField("content")))));
      }
    }
    return read;
  }

  private static boolean holdsTexts(DataType type) {
    return type instanceof ArrayType list
        && list.elementType() instanceof StructType message
        && List.of(message.fieldNames()).contains("content")
        && message.apply("content").dataType().equals(DataTypes.StringType);
  }

  private static Column partsOfText(Column content) {
    Column itself = array(struct(lit("text").as("type"), content.as("text"))).cast(PARTS);
    Column parsed = from_json(content, PARTS);
    Column areParts = forall(parsed, part -> part.getField("type").isNotNull());
    return when(content.isNull(), lit(null).cast(PARTS))
        .when(content.startsWith("[{").and(coalesce(areParts, lit(false))), parsed)
        .otherwise(itself);
  }
}

package io.reckon.jobs.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.reckon.jobs.UserError;
import io.reckon.jobs.batch.BatchFile;
import io.reckon.udfs.PromptRow;
import io.reckon.udfs.RowOptions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Finds the columns of a source that matter, by name and type. Case is ignored, as Spark does. */
final class SourceColumns {
  /** Of a CSV file: the first field that a record has beyond its header. */
  static final String BEYOND_HEADER = "_reckon_beyond_header";

  private static final List<String> PROMPTS =
      List.of("messages", "prompt", "problem", "question", "instruction", "text", "input", "value");
  private static final List<String> IDS =
      List.of("prompt_id", "id", "unique_id", "custom_id", "task_id");

  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);
  private static final Duration MICROSECOND = Duration.ofNanos(1_000);

  private final StructType schema;

  SourceColumns(StructType schema) {
    this.schema = schema;
  }

  /**
   * The conversation of a row, as {@link PromptRow#MESSAGES}.
   *
   * @param wanted the column's name; empty to take the first of the usual ones
   */
  Column messages(String wanted) {
    return conversation(
        promptField(wanted)
            .orElseThrow(
                () ->
                    new UserError(
                        "no column of prompts found; name it with --prompt-column, " + columns())));
  }

  /** The column that names a row; empty where there is none and none was asked for. */
  Optional<Column> id(String wanted) {
    Optional<StructField> field = idField(wanted);
    field.ifPresent(
        found -> requireNoBytes(found, "hex(%s)".formatted(found.name()), "--id-column"));
    field
        .filter(found -> !isText(found.dataType()))
        .ifPresent(
            found -> {
              throw new UserError(
                  "column '%s' holds %s, which can't name a row; give --id-column one of plain values"
                      .formatted(found.name(), found.dataType().simpleString()));
            });
    return field.map(SourceColumns::text);
  }

  /** The names of the columns that hold prompts and ids, as far as there are such. */
  List<String> taken(String wantedPrompt, String wantedId) {
    return Stream.of(promptField(wantedPrompt), idField(wantedId))
        .map(field -> field.map(StructField::name).orElse(""))
        .toList();
  }

  private Optional<StructField> promptField(String wanted) {
    return wanted.isEmpty()
        ? first(PROMPTS, SourceColumns::isPrompt)
        : Optional.of(required(wanted, "--prompt-column"));
  }

  private Optional<StructField> idField(String wanted) {
    return wanted.isEmpty()
        ? first(IDS, field -> isPlain(field.dataType()))
        : Optional.of(required(wanted, "--id-column"));
  }

  private Optional<StructField> first(List<String> names, Predicate<StructField> fits) {
    return names.stream().map(this::find).flatMap(Optional::stream).filter(fits).findFirst();
  }

  /** A number of messages is none. */
  private static boolean isPrompt(StructField field) {
    DataType type = field.dataType();
    return field.name().equalsIgnoreCase("messages")
        ? isConversation(type) || type instanceof StringType || isBytes(type)
        : isPlain(type) || isConversation(type);
  }

  /** A column as text, where the source has it. */
  Optional<Column> text(String name) {
    return find(name).filter(field -> isText(field.dataType())).map(SourceColumns::text);
  }

  /**
   * What rows ask for in their own way, or why they can't be asked; null where there is neither.
   *
   * @param wantedPrompt as {@link #messages} has it
   */
  Column overrides(String wantedPrompt) {
    Column own =
        find(BatchFile.OVERRIDES).map(SourceColumns::column).orElse(lit(null).cast("string"));
    return coalesce(own, brokenRecord(), otherThanText(wantedPrompt));
  }

  private Column brokenRecord() {
    return find(BEYOND_HEADER)
        .map(SourceColumns::column)
        .map(
            beyond ->
                refusal(
                    trim(beyond).notEqual(""),
                    concat(
                        lit("the record has more fields than the header, from '"),
                        beyond,
                        lit("' on; put texts with commas in double quotes"))))
        .orElse(lit(null).cast("string"));
  }

  private Column otherThanText(String wantedPrompt) {
    return promptField(wantedPrompt)
        .filter(field -> isConversation(field.dataType()))
        .filter(field -> MessageContent.isParts(contentType(field.dataType())))
        .map(
            field ->
                refusal(
                    exists(
                        column(field),
                        message -> MessageContent.hasOthers(message.getField("content"))),
                    lit("a message has a part that is no text; give text alone")))
        .orElse(lit(null).cast("string"));
  }

  private static Column refusal(Column refused, Column why) {
    return when(refused, to_json(struct(why.as(RowOptions.REFUSED))));
  }

  private Column conversation(StructField field) {
    requireNoBytes(field, "decode(%s, 'UTF-8')".formatted(field.name()), "--prompt-column");
    if (isText(field.dataType())) {
      Column text = text(field);
      Column question = array(struct(lit("user").as("role"), text.as("content")));
      return coalesce(MessageContent.conversation(text), question);
    }
    if (isConversation(field.dataType())) {
      return transform(
          column(field),
          message ->
              struct(
                  message.getField("role").cast("string").as("role"),
                  content(message, contentType(field.dataType())).as("content")));
    }
    throw new UserError(
        "column '%s' holds %s; a prompt is text, or a list of {role, content}"
            .formatted(field.name(), field.dataType().simpleString()));
  }

  private static Column content(Column message, DataType type) {
    Column content = message.getField("content");
    return MessageContent.isParts(type) ? MessageContent.text(content) : content.cast("string");
  }

  /** Bytes that are no UTF-8 would become text that is the same for many of them. */
  private static void requireNoBytes(StructField field, String asText, String option) {
    if (isBytes(field.dataType())) {
      throw new UserError(
          "column '%s' holds binary; write it as text, such as %s, or name another column with %s"
              .formatted(field.name(), asText, option));
    }
  }

  /** A value's text, whatever the session's settings. */
  private static Column text(StructField field) {
    Column value = column(field);
    if (!field.dataType().equals(DataTypes.TimestampType)) {
      return value.cast("string");
    }
    // Cast itself, a time would be told by the session's zone; this is the same text in UTC.
    return lit(EPOCH).plus(lit(MICROSECOND).multiply(unix_micros(value))).cast("string");
  }

  private StructField required(String name, String option) {
    return find(name)
        .orElseThrow(
            () ->
                new UserError(
                    "there is no column '%s'; give %s one of these, %s"
                        .formatted(name, option, columns())));
  }

  private Optional<StructField> find(String name) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equalsIgnoreCase(name))
        .findFirst();
  }

  private String columns() {
    return Arrays.stream(schema.fieldNames())
        .filter(name -> !name.equals(BEYOND_HEADER))
        .collect(Collectors.joining(", ", "the columns are ", ""));
  }

  private static Column column(StructField field) {
    return col("`" + field.name().replace("`", "``") + "`");
  }

  private static boolean isPlain(DataType type) {
    return type instanceof AtomicType;
  }

  private static boolean isBytes(DataType type) {
    return type.equals(DataTypes.BinaryType);
  }

  private static boolean isText(DataType type) {
    return isPlain(type) && !isBytes(type);
  }

  private static boolean isConversation(DataType type) {
    return type instanceof ArrayType list
        && list.elementType() instanceof StructType message
        && List.of(message.fieldNames()).containsAll(List.of("role", "content"))
        && isText(message.apply("role").dataType())
        && (isText(contentType(type)) || MessageContent.isParts(contentType(type)));
  }

  private static DataType contentType(DataType conversation) {
    return ((StructType) ((ArrayType) conversation).elementType()).apply("content").dataType();
  }
}

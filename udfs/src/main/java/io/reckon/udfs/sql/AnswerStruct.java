package io.reckon.udfs.sql;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Generation;
import io.reckon.udfs.GenerationRow;
import io.reckon.udfs.QueryAnswer;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JsonToStructs;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;
import scala.collection.immutable.Map$;

/** Makes the structs that calls give. */
final class AnswerStruct {
  private final DataType parsed;

  /** Reads JSON text as the type; null where it stays text. Only the task's thread calls it. */
  private Expression reader;

  AnswerStruct(DataType parsed) {
    this.parsed = parsed;
  }

  static StructType type(DataType parsed) {
    return new StructType()
        .add("answer", StringType)
        .add("reasoning", StringType)
        .add("parsed", parsed)
        .add("finish_reason", StringType)
        .add("reasoning_tokens", IntegerType)
        .add("answer_tokens", IntegerType)
        .add("error", GenerationRow.ERROR);
  }

  InternalRow of(QueryAnswer answer) {
    return answer.error().map(AnswerStruct::failed).orElseGet(() -> answered(answer));
  }

  private InternalRow answered(QueryAnswer answer) {
    Generation generation = answer.generation().orElseThrow();
    return row(
        text(generation.answer()),
        text(generation.reasoning()),
        generation.parsed().map(this::parsed).orElse(null),
        text(generation.finishReason().name().toLowerCase(Locale.ROOT)),
        generation.reasoningTokens(),
        generation.answerTokens(),
        null);
  }

  private static InternalRow failed(EngineException error) {
    InternalRow reason = row(text(error.code().name()), text(error.getMessage()));
    return row(null, null, null, text("error"), null, null, reason);
  }

  private Object parsed(String json) {
    return parsed instanceof StringType ? text(json) : reader().eval(row(text(json)));
  }

  private Expression reader() {
    if (reader == null) {
      Expression json = new BoundReference(0, StringType, true);
      reader = new JsonToStructs(parsed, Map$.MODULE$.empty(), json, Option.apply("UTC"), false);
    }
    return reader;
  }

  private static InternalRow row(Object... values) {
    return new GenericInternalRow(values);
  }

  private static UTF8String text(String text) {
    return UTF8String.fromString(text);
  }
}

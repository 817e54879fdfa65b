package io.reckon.udfs;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Generation;
import io.reckon.engine.api.ModelDescription;
import io.reckon.udfs.journal.RowKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructType;

/** What became of a row: all that the tables of answers and of traces need, in one row. */
public final class GenerationRow {
  /** One error of a row. */
  public static final StructType ERROR =
      new StructType().add("code", StringType).add("message", StringType);

  /** The generated tokens in order, the one that ended the output included. */
  public static final ArrayType TOKEN_IDS = createArrayType(IntegerType);

  /** Their natural-log probabilities. */
  public static final ArrayType TOKEN_LOGPROBS = createArrayType(FloatType);

  /** At each of their places the likeliest tokens, by id, with their natural-log probabilities. */
  public static final ArrayType TOP_LOGPROBS =
      createArrayType(createMapType(IntegerType, FloatType));

  /** What {@link GeneratePartition} gives. */
  public static final StructType SCHEMA =
      new StructType()
          .add("prompt_id", StringType, false)
          .add("sample", IntegerType, false)
          .add("request_key", StringType)
          .add("reasoning", StringType)
          .add("truncated", BooleanType)
          .add("answer", StringType)
          .add("parsed", StringType)
          .add("finish_reason", StringType, false)
          .add("error", ERROR)
          .add("prompt_tokens", IntegerType)
          .add("cached_tokens", IntegerType)
          .add("reasoning_tokens", IntegerType)
          .add("answer_tokens", IntegerType)
          .add("logprob", DoubleType)
          .add("token_ids", TOKEN_IDS)
          .add("token_logprobs", TOKEN_LOGPROBS)
          .add("top_logprobs", TOP_LOGPROBS)
          .add("copied_from", StringType)
          .add("model", StringType, false)
          .add("model_fingerprint", StringType, false)
          // A number, not a timestamp: which Java type stands for one is the session's setting.
          .add("generated_at_micros", LongType, false);

  private GenerationRow() {}

  static Row answered(RowKey key, Generation generation, ModelDescription model) {
    TokenColumns tokens = TokenColumns.of(generation.tokens());
    return RowFactory.create(
        key.promptId(),
        key.sample(),
        key.requestKey(),
        generation.reasoning(),
        generation.reasoningTruncated(),
        generation.answer(),
        generation.parsed().orElse(null),
        generation.finishReason().name().toLowerCase(Locale.ROOT),
        null,
        generation.promptTokens(),
        generation.cachedTokens(),
        generation.reasoningTokens(),
        generation.answerTokens(),
        Double.isNaN(generation.logprob()) ? null : generation.logprob(),
        tokens.ids(),
        tokens.logprobs(),
        tokens.likeliest(),
        null,
        model.name(),
        model.fingerprint(),
        nowMicros());
  }

  static Row failed(RowKey key, EngineException failure, ModelDescription model) {
    return RowFactory.create(
        key.promptId(),
        key.sample(),
        key.requestKey(),
        null,
        null,
        null,
        null,
        "error",
        RowFactory.create(failure.code().name(), failure.getMessage()),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        model.name(),
        model.fingerprint(),
        nowMicros());
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}

package io.reckon.udfs;

import static org.apache.spark.sql.functions.udf;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.GenerationRequest;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Names the generation of each row, on the executors: the same key that its answer is kept by. */
public final class RequestKeys {
  private final UDF1<Seq<Row>, String> keyOfMessages;
  private final String ofNothing;

  public RequestKeys(SamplingParameters sampling, ModelDescription model) {
    keyOfMessages = turns -> RequestKey.of(list(turns), sampling, model);
    ofNothing = RequestKey.of(null, sampling, model);
  }

  /** The key of a row without a prompt: another wherever other rows' keys would be others. */
  public String ofNothing() {
    return ofNothing;
  }

  /**
   * The request key of each row, 64 hexadecimal digits, never null.
   *
   * @param messages a column of {@link PromptRow#MESSAGES}
   */
  public Column of(Column messages) {
    return udf(keyOfMessages, DataTypes.StringType).asNonNullable().apply(messages);
  }

  /**
   * A prompt as an engine takes it, with the seed of its first sample.
   *
   * @param prompt of {@link PromptRow#SCHEMA}
   * @throws EngineException where the row holds none that a model could answer
   */
  static GenerationRequest request(
      Row prompt, SamplingParameters sampling, ModelDescription model) {
    List<Message> messages = PromptRow.messages(prompt);
    String key = RequestKey.of(prompt.getList(1), sampling, model);
    return new GenerationRequest(messages, sampling.withSeed(RequestKey.seed(key, 0)));
  }

  private static List<Row> list(Seq<Row> turns) {
    return turns == null ? null : CollectionConverters.asJava(turns);
  }
}

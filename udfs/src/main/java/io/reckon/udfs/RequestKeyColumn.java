package io.reckon.udfs;

import static org.apache.spark.sql.functions.udf;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The {@link RequestKey} of each row as a column, made on the executors: the key that its answer is
 * kept by.
 */
public final class RequestKeyColumn {
  private final UDF2<Seq<Row>, String, String> keyOfPrompt;
  private final String ofNothing;

  public RequestKeyColumn(SamplingParameters sampling, ModelDescription model) {
    keyOfPrompt = (turns, overrides) -> key(list(turns), overrides, sampling, model);
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
   * @param overrides a column of {@link RowOptions}
   */
  public Column of(Column messages, Column overrides) {
    return udf(keyOfPrompt, DataTypes.StringType).asNonNullable().apply(messages, overrides);
  }

  /** Options that can't be applied name a request too, so that its error is found again. */
  private static String key(
      List<Row> turns, String overrides, SamplingParameters sampling, ModelDescription model) {
    try {
      RowOptions options = RowOptions.parse(overrides);
      options.requireNotRefused();
      return RequestKey.of(turns, options.apply(sampling), model);
    } catch (EngineException e) {
      return RequestKey.ofRefused(turns, overrides, sampling, model);
    }
  }

  private static List<Row> list(Seq<Row> turns) {
    return turns == null ? null : CollectionConverters.asJava(turns);
  }
}

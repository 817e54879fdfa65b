package io.reckon.udfs;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.SamplingParameters;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Adds to each row of {@link PromptRow#SAMPLES} the key of its request; null where it holds none.
 */
public final class NameRequests implements MapFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** {@link PromptRow#SAMPLES} and {@code request_key}. */
  public static final StructType SCHEMA = PromptRow.SAMPLES.add("request_key", StringType);

  private final SamplingParameters sampling;
  private final ModelDescription model;

  public NameRequests(SamplingParameters sampling, ModelDescription model) {
    this.sampling = sampling;
    this.model = model;
  }

  @Override
  public Row call(Row row) {
    RowRequest request = RowRequest.of(row, sampling, model);
    return RowFactory.create(row.get(0), row.get(1), row.get(2), request.key().requestKey());
  }
}

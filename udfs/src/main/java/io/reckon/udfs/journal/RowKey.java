package io.reckon.udfs.journal;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Names a generation of a row.
 *
 * @param requestKey a row that holds no request that could be answered has one too
 */
public record RowKey(String promptId, String requestKey, int sample) {
  public static final StructType SCHEMA =
      new StructType()
          .add("prompt_id", StringType, false)
          .add("request_key", StringType, false)
          .add("sample", IntegerType, false);

  /** From a row of {@link #SCHEMA}. */
  static RowKey of(Row row) {
    return new RowKey(row.getString(0), row.getString(1), row.getInt(2));
  }

  Row row() {
    return RowFactory.create(promptId, requestKey, sample);
  }
}

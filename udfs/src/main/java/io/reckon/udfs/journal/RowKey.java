package io.reckon.udfs.journal;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Names a generation of a row.
 *
 * @param requestKey null where the row holds no request that could be named
 */
public record RowKey(String promptId, String requestKey, int sample) {
  public static final StructType SCHEMA =
      new StructType()
          .add("prompt_id", StringType, false)
          .add("request_key", StringType)
          .add("sample", IntegerType, false);

  /** From a row that has the columns of {@link #SCHEMA} among others. */
  public static RowKey of(Row row) {
    return new RowKey(
        row.getAs("prompt_id"), row.getAs("request_key"), row.<Integer>getAs("sample"));
  }

  static RowKey inOrder(Row row) {
    return new RowKey(row.getString(0), row.getString(1), row.getInt(2));
  }

  Row row() {
    return RowFactory.create(promptId, requestKey, sample);
  }
}

package io.reckon.jobs.plan;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeatsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64})
  void sparkPutsEachSeatInItsOwnPartition(int partitions) {
    List<Integer> seats = Arrays.stream(Seats.of(partitions)).boxed().toList();

    Dataset<Row> placed =
        TestSpark.session()
            .createDataset(seats, Encoders.INT())
            .repartition(partitions, col("value"))
            .select(col("value"), spark_partition_id());

    assertThat(placed.collectAsList())
        .hasSize(partitions)
        .allMatch(row -> seats.get(row.getInt(1)) == row.getInt(0));
  }

  @Test
  void manyAreFoundSoon() {
    assertThat(Arrays.stream(Seats.of(100_000)).distinct()).hasSize(100_000);
  }
}

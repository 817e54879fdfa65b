package io.reckon.udfs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The functions with the built-in model, in a session that was given them by its configuration. */
class SqlModelTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.extensions", ReckonExtensions.class.getName())
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void theBuiltinModelAnswersWithItsReasoning() {
    Row answer = spark.sql("SELECT r.* FROM (SELECT reckon('What is 12 + 7?') AS r)").head();

    assertThat(answer.<String>getAs("answer")).isEqualTo("19");
    assertThat(answer.<String>getAs("reasoning")).isNotEmpty();
    assertThat(answer.<String>getAs("finish_reason")).isEqualTo("stop");
    assertThat(answer.<Row>getAs("error")).isNull();
  }

  @Test
  void aTextGetsOneOfItsLabels() {
    List<Row> rows =
        spark
            .sql(
                "SELECT r.* FROM (SELECT reckon_classify(t, array('red', 'green'),"
                    + " map('max_thinking_tokens', 20)) AS r"
                    + " FROM VALUES ('grass'), ('blood') AS v(t))")
            .collectAsList();

    assertThat(rows)
        .hasSize(2)
        .allMatch(row -> List.of("red", "green").contains(row.<String>getAs("answer")))
        .allMatch(row -> row.getAs("parsed").equals('"' + row.<String>getAs("answer") + '"'));
  }

  @Test
  void anExtractionHasTheColumnsThatWereAskedFor() {
    Row parsed =
        spark
            .sql(
                "SELECT reckon_extract('Ann is 7', 'name STRING NOT NULL, age INT, tags"
                    + " ARRAY<STRING>', map('thinking', 'off', 'max_new_tokens', '200')).parsed")
            .head()
            .getStruct(0);

    assertThat(parsed.schema().fieldNames()).containsExactly("name", "age", "tags");
    assertThat(parsed.<String>getAs("name")).isNotNull();
  }

  @Test
  void anExtractionByJsonSchemaStaysText() {
    Row parsed =
        spark
            .sql(
                "SELECT reckon_extract('x', '{\"type\": \"boolean\"}', map('thinking',"
                    + " 'off')).parsed")
            .head();

    assertThat(parsed.getString(0)).isIn("true", "false");
  }
}

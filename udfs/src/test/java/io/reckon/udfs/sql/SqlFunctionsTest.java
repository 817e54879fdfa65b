package io.reckon.udfs.sql;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.udfs.FakeEngine;
import io.reckon.udfs.FakeEngines;
import io.reckon.udfs.ReckonSparkConf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are the prompts in capitals: {@link FakeEngine}. */
class SqlFunctionsTest {
  private static final String READERS_OF_VERSION_1 = "spark.sql.sources.useV1SourceList";
  private static final FakeEngines ENGINES = new FakeEngines(20);
  private static final AtomicInteger MODELS = new AtomicInteger();
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2,3]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .withExtensions(new ReckonExtensions(ENGINES))
            .getOrCreate();
    spark
        .range(0, 100, 1, 2)
        .selectExpr("id", "concat('p', id) as p")
        .createOrReplaceTempView("prompts");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Every test has an engine of its own, that counts. */
  @BeforeEach
  void chooseModel() {
    spark.conf().unset(READERS_OF_VERSION_1);
    spark.conf().set(ReckonSparkConf.MODEL, "sql-" + MODELS.incrementAndGet());
  }

  @Test
  void answersManyRowsAtATimeAndKeepsTheirOrder() {
    List<Row> rows =
        spark.sql("SELECT id, r.* FROM (SELECT id, reckon(p) AS r FROM prompts)").collectAsList();

    assertThat(rows).extracting(row -> row.getLong(0)).isEqualTo(ids(0, 100));
    assertThat(rows).allMatch(row -> row.getString(1).equals("P" + row.getLong(0)));
    assertThat(rows).allMatch(row -> row.getString(2).equals("said louder: p" + row.getLong(0)));
    assertThat(FakeEngines.last().mostOpen()).isGreaterThan(20);
    assertThat(FakeEngines.last().asked()).isEqualTo(100);
  }

  @Test
  void explainShowsTheOperator() {
    String plan = plan(spark.sql("SELECT reckon(p).answer FROM prompts"));

    assertThat(plan).contains("ReckonEval [reckon(concat(p").contains(" AS _reckon#");
  }

  @Test
  void theOperatorCountsRowsAnswersAndTokens() {
    Dataset<Row> query = spark.sql("SELECT reckon(if(id < 3, p, '')).answer FROM prompts");
    query.collect();

    assertThat(metric(query, "numOutputRows")).isEqualTo(100);
    assertThat(metric(query, "answers")).isEqualTo(100);
    assertThat(metric(query, "failedAnswers")).isEqualTo(97);
    assertThat(metric(query, "generatedTokens")).isPositive();
  }

  private static long metric(Dataset<Row> query, String name) {
    SparkPlan plan =
        ((org.apache.spark.sql.classic.Dataset<Row>) query).queryExecution().executedPlan();
    SparkPlan eval = plan.find(Scala.function(node -> node instanceof ReckonEvalExec)).get();
    return eval.metrics().apply(name).value();
  }

  @Test
  void equalCallsOfAQueryAreOne() {
    List<Row> rows =
        spark
            .sql("SELECT reckon(p).answer, upper(reckon(p).reasoning) FROM prompts WHERE id < 3")
            .collectAsList();

    assertThat(rows).hasSize(3);
    assertThat(FakeEngines.last().asked()).isEqualTo(3);
  }

  @Test
  void aResultThatIsUsedTwiceIsEvaluatedOnce() {
    List<Row> rows =
        spark
            .sql(
                "SELECT r.answer, r.reasoning FROM (SELECT reckon(p) AS r FROM prompts)"
                    + " WHERE r.error IS NULL AND length(r.answer) = 2")
            .collectAsList();

    assertThat(rows).hasSize(10);
    assertThat(FakeEngines.last().asked()).isEqualTo(100);
  }

  @Test
  void filtersWithoutACallComeFirst() {
    Dataset<Row> found =
        spark.sql("SELECT id FROM prompts WHERE reckon(p).answer < 'P95' AND id >= 90");

    assertThat(found.collectAsList()).extracting(row -> row.getLong(0)).isEqualTo(ids(90, 95));
    assertThat(found.columns()).containsExactly("id");
    assertThat(FakeEngines.last().asked()).isEqualTo(10);
  }

  @Test
  void conditionsOfOutsideComeFirst() {
    spark
        .table("prompts")
        .withColumn("r", expr("reckon(p)"))
        .withColumn("minus", expr("-id"))
        .createOrReplaceTempView("asked");

    List<Row> column = spark.table("asked").where("minus = -7").collectAsList();
    List<Row> nested =
        spark
            .sql(
                "WITH a AS (SELECT *, reckon('and ' || r.answer).answer AS b FROM asked)"
                    + " SELECT b FROM (SELECT * FROM a) WHERE id IN (8, 9) AND r.answer = 'P9'")
            .collectAsList();

    assertThat(column).extracting(row -> row.getLong(0)).containsExactly(7L);
    assertThat(nested).extracting(row -> row.getString(0)).containsExactly("AND P9");
    // One, then two for the inner call and the one whose answer was P9 for the outer.
    assertThat(FakeEngines.last().asked()).isEqualTo(4);
  }

  @Test
  void aConditionOfOutsideChoosesWhatIsReadOfATable(@TempDir Path folder) {
    String path = folder.resolve("days").toString();
    spark
        .table("prompts")
        .selectExpr("*", "id % 5 AS day")
        .write()
        .partitionBy("day")
        .parquet(path);
    Dataset<Row> day =
        spark.read().parquet(path).withColumn("r", expr("reckon(p)")).where("day = 3");

    assertThat(day.collectAsList()).hasSize(20);
    assertThat(plan(day)).containsPattern("PartitionFilters: \\[[^\\]]*\\(day#\\d+ = 3\\)");
    assertThat(FakeEngines.last().asked()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", ""})
  void onlyWhatIsUsedIsReadOfATable(String formatsOfVersion1, @TempDir Path folder) {
    spark.conf().set(READERS_OF_VERSION_1, formatsOfVersion1);
    String path = folder.resolve("docs").toString();
    String doc = "named_struct('body', p, 'pages', id) AS doc";
    spark
        .table("prompts")
        .selectExpr("id", doc, "p AS other", "-id AS minus")
        .write()
        .parquet(path);
    spark.read().parquet(path).createOrReplaceTempView("docs");

    Dataset<Row> field = spark.sql("SELECT id, reckon(doc.body).answer FROM docs");
    Dataset<Row> filtered = spark.sql("SELECT reckon(doc.body).answer FROM docs WHERE minus = -3");
    Dataset<Row> nested =
        spark.sql("SELECT reckon('so ' || reckon(doc.body).answer).answer FROM docs WHERE id = 4");
    Dataset<Row> condition = spark.sql("SELECT id FROM docs WHERE reckon(other).answer = 'P7'");
    Dataset<Row> whole = spark.sql("SELECT doc, reckon(doc.body).answer FROM docs WHERE id = 5");

    assertThat(read(field)).isEqualTo("id:bigint,doc:struct<body:string>");
    assertThat(field.collectAsList())
        .hasSize(100)
        .allMatch(row -> row.getString(1).startsWith("P"));
    assertThat(read(filtered)).isEqualTo("doc:struct<body:string>,minus:bigint");
    assertThat(filtered.head().getString(0)).isEqualTo("P3");
    assertThat(read(nested)).isEqualTo("id:bigint,doc:struct<body:string>");
    assertThat(nested.head().getString(0)).isEqualTo("SO P4");
    assertThat(read(condition)).isEqualTo("id:bigint,other:string");
    assertThat(condition.head().getLong(0)).isEqualTo(7);
    assertThat(read(whole)).isEqualTo("id:bigint,doc:struct<body:string,pages:bigint>");
    assertThat(whole.head().getStruct(0).getLong(1)).isEqualTo(5);
  }

  @Test
  void aLimitBehindAConditionOfOutsideIsTakenBeforeTheModelIsAsked() {
    List<Row> rows =
        spark
            .sql(
                "SELECT r.answer FROM (SELECT *, reckon(p) AS r FROM prompts) WHERE id > 4 LIMIT 3")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).containsExactly("P5", "P6", "P7");
    assertThat(FakeEngines.last().asked()).isEqualTo(3);
  }

  @Test
  void aConditionOfOutsideHoldsForABranchsCallsToo() {
    String branch = "CASE WHEN id % 2 = 0 THEN reckon(p).answer ELSE p END AS a";
    List<Row> rows =
        spark
            .sql("SELECT a FROM (SELECT *, %s FROM prompts) WHERE id < 4".formatted(branch))
            .collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).containsExactly("P0", "p1", "P2", "p3");
    assertThat(FakeEngines.last().asked()).isEqualTo(2);
  }

  @Test
  void aConditionDoesNotPassWhatCountsRows() {
    String numbered = "(SELECT *, monotonically_increasing_id() AS n, reckon(p) AS r FROM prompts)";
    List<Row> rows =
        spark
            .sql("SELECT n, r.answer FROM %s WHERE id IN (3, 4)".formatted(numbered))
            .collectAsList();

    assertThat(rows).extracting(row -> row.getLong(0)).containsExactly(3L, 4L);
    assertThat(
            spark
                .sql(
                    "SELECT n, r FROM %s WHERE monotonically_increasing_id() < 2 AND id > 0"
                        .formatted(numbered.replace("monotonically_increasing_id()", "id")))
                .collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactly(1L);
  }

  @Test
  void aLimitIsTakenBeforeTheModelIsAsked() {
    List<Row> rows = spark.sql("SELECT reckon(p).answer FROM prompts LIMIT 3").collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).containsExactly("P0", "P1", "P2");
    assertThat(FakeEngines.last().asked()).isEqualTo(3);
  }

  @Test
  void rowsAreSortedBeforeTheModelIsAsked() {
    List<Row> rows =
        spark
            .sql("SELECT -id AS minus, reckon(p).answer FROM prompts ORDER BY minus LIMIT 2")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getString(1)).containsExactly("P99", "P98");
    assertThat(FakeEngines.last().asked()).isEqualTo(2);
  }

  @Test
  void rowsAreSortedBeforeTheModelIsAskedThoughAnAnswerFiltersThem() {
    List<Row> rows =
        spark
            .sql("SELECT id FROM prompts WHERE reckon(p).answer >= 'P95' ORDER BY -id")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getLong(0)).containsExactly(99L, 98L, 97L, 96L, 95L);
    assertThat(FakeEngines.last().asked()).isEqualTo(100);
  }

  @Test
  void rowsKeepTheirOrderThoughASubqueryOfAnswersFiltersThem() {
    spark.conf().set("spark.sql.autoBroadcastJoinThreshold", "-1");
    try {
      for (String condition :
          List.of("a IN (SELECT x FROM allowed)", "EXISTS (SELECT 1 FROM allowed WHERE x = a)")) {
        List<Row> rows =
            spark
                .sql(
                    "WITH allowed AS (SELECT concat('P', id) AS x FROM prompts WHERE id % 3 = 0)"
                        + " SELECT id, a FROM (SELECT id, reckon(p).answer AS a FROM prompts) WHERE "
                        + condition
                        + " ORDER BY id")
                .collectAsList();

        assertThat(rows).extracting(row -> row.getLong(0)).hasSize(34).isSorted();
      }
    } finally {
      spark.conf().unset("spark.sql.autoBroadcastJoinThreshold");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"reckon(s.p).answer", "reckon(max(s.p)).answer", "reckon('n' || count(*)).answer"})
  void aCallInASubqueryAsksForEachRowOutside(String value) {
    List<Row> rows =
        spark
            .sql(
                "SELECT t.id, (SELECT %s FROM prompts s WHERE s.id = t.id + 98)".formatted(value)
                    + " FROM prompts t WHERE t.id < 4 ORDER BY t.id")
            .collectAsList();

    assertThat(rows)
        .hasToString(
            value.contains("count")
                ? "[[0,N1], [1,N1], [2,N0], [3,N0]]"
                : "[[0,P98], [1,P99], [2,null], [3,null]]");
  }

  @Test
  void aViewAsksTheModelOfTheSessionThatUsesIt() {
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW labelled AS SELECT id, reckon(p).answer AS a FROM prompts");
    int opened = FakeEngines.opened().size();

    assertThat(spark.sql("SELECT a FROM labelled WHERE id = 7").collectAsList())
        .hasToString("[[P7]]");

    assertThat(FakeEngines.opened()).hasSize(opened + 1);
    assertThat(FakeEngines.last().model().name()).isEqualTo("sql-" + MODELS.get());
  }

  @Test
  void rowsOfAColumnWithAnswersAreSortedBeforeTheModelIsAsked() {
    List<Row> rows =
        spark
            .table("prompts")
            .withColumn("r", expr("reckon(p)"))
            .withColumn("minus", expr("-id"))
            .filter("r.answer >= 'P95'")
            .orderBy("minus")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getLong(0)).containsExactly(99L, 98L, 97L, 96L, 95L);
    assertThat(FakeEngines.last().asked()).isEqualTo(100);
  }

  @Test
  void rowsAreSortedBeforeTheInnerOfTwoCalls() {
    List<Row> rows =
        spark
            .sql(
                "SELECT reckon('and ' || reckon(p).answer).answer FROM prompts WHERE id < 4"
                    + " ORDER BY id DESC")
            .collectAsList();

    assertThat(rows)
        .extracting(row -> row.getString(0))
        .containsExactly("AND P3", "AND P2", "AND P1", "AND P0");
    assertThat(FakeEngines.last().asked()).isEqualTo(8);
  }

  @Test
  void aSortByTheInnerAnswerComesBeforeTheOuterCall() {
    List<Row> rows =
        spark
            .sql(
                "SELECT reckon(a || '!').answer FROM (SELECT reckon(p).answer AS a FROM prompts"
                    + " WHERE id < 3) ORDER BY a DESC")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).containsExactly("P2!", "P1!", "P0!");
    // The inner one twice: Spark finds the ranges by it.
    assertThat(FakeEngines.last().asked()).isEqualTo(9);
  }

  @Test
  void aLimitOfWhatIsWrittenIsOneOfAllPartitions(@TempDir Path folder) {
    String path = folder.resolve("answers").toString();

    spark.sql("SELECT id, reckon(p).answer FROM prompts LIMIT 3").write().parquet(path);

    assertThat(spark.read().parquet(path).count()).isEqualTo(3);
    assertThat(FakeEngines.last().asked()).isEqualTo(3);
  }

  @Test
  void aLimitOfACreatedTableIsOneOfAllPartitions(@TempDir Path folder) {
    spark.sql(
        "CREATE TABLE limited USING parquet LOCATION '%s' AS SELECT %s FROM prompts LIMIT 3"
            .formatted(folder.resolve("limited"), "reckon(reckon(p).answer || '!').answer AS a"));

    assertThat(spark.table("limited").count()).isEqualTo(3);
    assertThat(FakeEngines.last().asked()).isEqualTo(6);
  }

  @Test
  void theFirstRowsOfAnOrderAreTakenByIt(@TempDir Path folder) {
    String ordered = "SELECT id FROM prompts WHERE reckon(p).answer <> 'P98' ORDER BY id DESC";
    String path = folder.resolve("first").toString();
    Dataset<Row> first = spark.sql(ordered + " LIMIT 3");

    first.write().parquet(path);

    assertThat(spark.read().parquet(path).collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactlyInAnyOrder(99L, 97L, 96L);
    assertThat(FakeEngines.last().asked()).isEqualTo(100);
    assertThat(plan(first)).contains("TakeOrdered");
    assertThat(plan(spark.sql(ordered + " LIMIT 3 OFFSET 2"))).contains("TakeOrdered");
  }

  @Test
  void aLimitOfRowsThatAnAnswerChoosesDoesNotLimitTheCalls() {
    long count =
        spark.sql("SELECT id FROM prompts WHERE reckon(p).answer >= 'P95' LIMIT 4").count();

    assertThat(count).isEqualTo(4);
  }

  @Test
  void theSmallerOfTwoLimitsIsTakenBeforeTheModelIsAsked() {
    long rows =
        spark
            .sql("SELECT reckon(p).answer AS a FROM (SELECT p FROM prompts LIMIT 50) LIMIT 3")
            .filter("a IS NOT NULL")
            .count();

    assertThat(rows).isEqualTo(3);
    assertThat(FakeEngines.last().asked()).isEqualTo(3);
  }

  @Test
  void nestedCallsAreEvaluatedOneAfterTheOther() {
    Row row =
        spark
            .sql("SELECT reckon('and ' || reckon(p).answer).answer FROM prompts WHERE id = 7")
            .head();

    assertThat(row.getString(0)).isEqualTo("AND P7");
    assertThat(FakeEngines.last().asked()).isEqualTo(2);
  }

  @Test
  void aBranchAsksOnlyForItsRows() {
    List<Row> rows =
        spark
            .sql("SELECT CASE WHEN id < 2 THEN reckon(p).answer ELSE p END FROM prompts")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).startsWith("P0", "P1", "p2", "p3");
    assertThat(FakeEngines.last().asked()).isEqualTo(2);
  }

  @Test
  void aCallOverABranchWithACallAsksManyRowsAtATime() {
    Dataset<Row> query =
        spark.sql(
            "SELECT reckon('so ' || CASE WHEN id < 2 THEN reckon(p).answer ELSE p END).answer"
                + " FROM prompts");
    List<Row> rows = query.collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).startsWith("SO P0", "SO P1", "SO P2");
    assertThat(plan(query)).contains("ReckonEval [reckon(concat(so , CASE WHEN");
    assertThat(FakeEngines.last().asked()).isEqualTo(102);
    assertThat(FakeEngines.last().mostOpen()).isGreaterThan(20);
  }

  @Test
  void aBranchsCallThatIsMadeForEveryRowElsewhereIsMadeOnce() {
    List<Row> rows =
        spark
            .sql(
                "SELECT reckon(p).answer, reckon('so ' || if(id < 2, reckon(p).answer, p)).answer"
                    + " FROM prompts WHERE id < 4")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getString(1)).contains("SO P1", "SO P2");
    assertThat(FakeEngines.last().asked()).isEqualTo(8);
  }

  @Test
  void aLambdaAsksForEachElement() {
    Row row =
        spark
            .sql("SELECT transform(array('a', p), x -> reckon(x).answer) FROM prompts WHERE id = 1")
            .head();

    assertThat(row.<String>getList(0)).containsExactly("A", "P1");
  }

  @Test
  void callsGoWithAggregatesOnBothSides() {
    List<Row> above =
        spark
            .sql(
                "SELECT id % 2, reckon('n' || count(*)).answer FROM prompts GROUP BY id % 2"
                    + " ORDER BY 1")
            .collectAsList();
    List<Row> below =
        spark
            .sql("SELECT reckon(p).finish_reason AS f, count(*) FROM prompts GROUP BY f")
            .collectAsList();

    assertThat(above).extracting(row -> row.getString(1)).containsExactly("N50", "N50");
    assertThat(below).hasSize(1).allMatch(row -> row.getLong(1) == 100);
    assertThat(FakeEngines.last().asked()).isEqualTo(102);
  }

  @Test
  void rowsAreSortedByAnAnswer() {
    List<Row> rows =
        spark
            .sql("SELECT id FROM prompts WHERE id < 5 ORDER BY reckon(p).answer DESC")
            .collectAsList();

    assertThat(rows).extracting(row -> row.getLong(0)).containsExactly(4L, 3L, 2L, 1L, 0L);
  }

  @Test
  void aJoinKeepsEachRowsAnswer() {
    List<Row> rows =
        spark
            .sql(
                "WITH asked AS (SELECT id, reckon(p).answer AS a FROM prompts)"
                    + " SELECT x.a, y.a FROM asked x JOIN asked y ON x.id = y.id")
            .collectAsList();

    assertThat(rows).hasSize(100).allMatch(row -> row.getString(0).equals(row.getString(1)));
    assertThat(FakeEngines.last().asked()).isEqualTo(100);
  }

  @Test
  void answersAreNotTakenForSmallBecauseTheirPromptsAre(@TempDir Path folder) {
    String path = folder.resolve("prompts").toString();
    spark.table("prompts").write().parquet(path);
    spark.read().parquet(path).createOrReplaceTempView("stored");
    String join =
        "SELECT id, a FROM prompts LEFT JOIN (SELECT id, reckon(p).answer AS a FROM %s) USING (id)";

    Dataset<Row> whole = spark.sql(join.formatted("stored"));
    Dataset<Row> few = spark.sql(join.formatted("(SELECT * FROM stored LIMIT 10)"));

    assertThat(plan(whole)).contains("SortMergeJoin").doesNotContain("BroadcastHashJoin");
    assertThat(plan(few)).contains("BroadcastHashJoin");
    assertThat(whole.where("a IS NOT NULL").count()).isEqualTo(100);
  }

  @Test
  void aSmallTableIsOneTaskUnlessItsRowsAreSpreadBelowTheCall(@TempDir Path folder) {
    String path = folder.resolve("small").toString();
    spark.table("prompts").coalesce(1).write().parquet(path);
    spark.read().parquet(path).createOrReplaceTempView("small");
    String tasks =
        "SELECT DISTINCT spark_partition_id() FROM (SELECT reckon(p).answer AS a FROM %s)"
            + " WHERE a IS NOT NULL";

    assertThat(spark.sql(tasks.formatted("small")).count()).isEqualTo(1);
    assertThat(spark.sql(tasks.formatted("(SELECT /*+ REPARTITION(8) */ * FROM small)")).count())
        .isEqualTo(8);
  }

  @Test
  void nullStaysNullAndARowAtFaultHasAnError() {
    List<Row> rows =
        spark
            .sql(
                "SELECT reckon(p) AS r FROM VALUES (null), (''), ('a'), (repeat('x', 20000)) AS t(p)")
            .collectAsList();

    assertThat(rows.get(0).isNullAt(0)).isTrue();
    assertThat(error(rows.get(1))).startsWith("PROMPT_EMPTY: the prompt is empty");
    assertThat(rows.get(2).getStruct(0).<Row>getAs("error")).isNull();
    assertThat(rows.get(2).getStruct(0).<String>getAs("answer")).isEqualTo("A");
    assertThat(error(rows.get(3))).startsWith("PROMPT_TOO_LONG: ");
  }

  @Test
  void whatAColumnCannotHoldIsNullWhateverTheSchemaSays() {
    List<Row> rows =
        spark
            .sql(
                "SELECT reckon_extract(j, 'n BIGINT NOT NULL').parsed.n FROM VALUES ('{\"n\": 7}'),"
                    + " ('{\"n\": 123456789012345678901234567890}') AS t(j)")
            .collectAsList();

    assertThat(rows).extracting(row -> row.get(0)).containsExactly(7L, null);
  }

  @Test
  void everyRowKnowsItsFileThoughOthersWereReadBeforeItIsGiven(@TempDir Path folder)
      throws Exception {
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(folder.resolve(name + ".txt"), name + "\n" + name + "\n");
    }
    spark.read().text(folder.toString()).coalesce(1).createOrReplaceTempView("files");

    List<Row> rows =
        spark
            .sql(
                "SELECT substring(input_file_name(), -5, 1) AS file, value, input_file_block_length()"
                    + " FROM files WHERE reckon(value).answer <> 'B'")
            .collectAsList();

    assertThat(rows).hasSize(4).allMatch(row -> row.getString(0).equals(row.getString(1)));
    assertThat(rows).allMatch(row -> row.getLong(2) == 4);
  }

  @Test
  void everyRowKnowsItsFileThoughRowsAreSortedOrLimited(@TempDir Path folder) throws Exception {
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(folder.resolve(name + ".txt"), name + "\n");
    }
    spark.read().text(folder.toString()).createOrReplaceTempView("files");
    String query =
        "SELECT substring(input_file_name(), -5, 1) AS file, value, reckon(value).answer FROM files";
    String path = folder.resolve("limited").toString();

    List<Row> sorted = spark.sql(query + " ORDER BY value DESC").collectAsList();
    spark.sql(query + " LIMIT 2").write().parquet(path);

    assertThat(sorted).hasSize(3).allMatch(row -> row.getString(0).equals(row.getString(1)));
    assertThat(spark.read().parquet(path).collectAsList())
        .hasSize(2)
        .allMatch(row -> row.getString(0).equals(row.getString(1)));
  }

  @Test
  void aConversationIsAPrompt() {
    Row row =
        spark
            .sql(
                "SELECT reckon(array(named_struct('role', 'user', 'content', 'a'),"
                    + " named_struct('role', 'user', 'content', id || 'b'))).answer"
                    + " FROM prompts WHERE id = 3")
            .head();

    assertThat(row.getString(0)).isEqualTo("3B");
  }

  @Test
  void aConversationWithANullTurnIsItsRowsError() {
    List<Row> rows =
        spark
            .sql(
                "SELECT reckon(array(named_struct('role', 'user', 'content', p), if(id = 1, NULL,"
                    + " named_struct('role', 'user', 'content', p)))) FROM prompts WHERE id < 2")
            .collectAsList();

    assertThat(rows.get(0).getStruct(0).<String>getAs("answer")).isEqualTo("P0");
    assertThat(error(rows.get(1))).startsWith("PROMPT_EMPTY: message 1 has null content");
  }

  @Test
  void emptyPartitionsNeedNoEngine() {
    int before = FakeEngines.opened().size();

    assertThat(spark.sql("SELECT reckon(p) FROM prompts WHERE id < 0").count()).isZero();
    assertThat(FakeEngines.opened()).hasSize(before);
  }

  @Test
  void equalPlansAreKnownAsEqual() {
    String query = "SELECT id, reckon(p, map('temperature', 0.5)).answer FROM prompts";
    Dataset<Row> one = spark.sql(query);
    Dataset<Row> other = spark.sql(query);
    Dataset<Row> warmer = spark.sql(query.replace("0.5", "0.7"));

    assertThat(sparkPlan(one).sameResult(sparkPlan(other))).isTrue();
    assertThat(sparkPlan(one).sameResult(sparkPlan(warmer))).isFalse();
  }

  @Test
  void aRetryAnswersWhatAFailedEngineDidNot() {
    assertThat(
            spark.sql("SELECT reckon('<fail> sql ' || p).answer FROM prompts WHERE id = 1").head())
        .satisfies(row -> assertThat(row.getString(0)).isEqualTo("<FAIL> SQL P1"));
  }

  @Test
  void aCancelledQueryLeavesNoRequestBehind() throws Exception {
    Thread query =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("stuck", "never ends", false);
              spark.sql("SELECT reckon('<stuck>' || p) FROM prompts").collectAsList();
            });
    query.setUncaughtExceptionHandler((thread, cancelled) -> {});
    int before = FakeEngines.opened().size();
    query.start();
    await(() -> FakeEngines.opened().size() > before && FakeEngines.last().open() > 0);

    spark.sparkContext().cancelJobGroup("stuck");
    query.join(10_000);

    assertThat(query.isAlive()).isFalse();
    await(() -> FakeEngines.last().open() == 0);
  }

  @Test
  void aSessionWithoutTheExtensionAsksRowByRow() {
    SparkSession plain = spark.newSession();
    plain.conf().set(ReckonSparkConf.MODEL, "plain");
    ReckonFunctions.register(plain, ENGINES);

    Dataset<Row> answers = plain.range(3).selectExpr("reckon('q' || id).answer");

    assertThat(answers.collectAsList()).extracting(row -> row.getString(0)).contains("Q0", "Q2");
  }

  @Test
  void argumentsAtFaultAreToldBeforeAnythingRuns() {
    assertRefused("reckon()", "reckon has 0 arguments; call it as reckon(prompt[, options])");
    assertRefused("reckon(id)", "reckon has a first argument of type BIGINT; give it a STRING, or");
    assertRefused("reckon(p, map('heat', '1'))", "'heat' is no option; the options are choice, ");
    assertRefused("reckon(p, map('temperature', '-1'))", "temperature is -1.0; give a number from");
    assertRefused("reckon(p, map('top_k', 'x'))", "top_k is 'x'; give a number");
    assertRefused("reckon(p, map('regex', '('))", "regular expression");
    assertRefused("reckon_classify(p, array())", "takes its labels as an array of texts");
    assertRefused(
        "reckon_classify(p, array(p))", "from a column (array(prompts.p)); it must be the same");
    assertRefused("reckon_extract(p, 'nonsense nonsense')", "is neither a JSON schema nor columns");
    assertRefused("reckon_extract(p, 'a BINARY')", "column a has type BINARY; take STRING");
    assertRefused("reckon_classify(p, array('a'), map('regex', 'b'))", "give no more than one");
    assertRefused(
        "reckon(p, map('thinking', 'off', 'reasoning_effort', 'low'))",
        "reasoning is told by one of max_thinking_tokens, thinking, reasoning_effort; give no more");
    assertRefused(
        "reckon(p, map('reasoning_effort', '7'))", "reasoning_effort is '7'; give a word");
  }

  private static void assertRefused(String call, String message) {
    assertThatThrownBy(() -> spark.sql("SELECT " + call + " FROM prompts"))
        .hasMessageContaining(message);
  }

  private static String error(Row row) {
    Row error = row.getStruct(0).getAs("error");
    return error.getString(0) + ": " + error.getString(1);
  }

  private static List<Long> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(id -> (long) id).toList();
  }

  private static String plan(Dataset<Row> rows) {
    return sparkPlan(rows).toString();
  }

  /** The columns that a query reads of its file. */
  private static String read(Dataset<Row> query) {
    Matcher schema = Pattern.compile("ReadSchema: struct<([^ ]*)>").matcher(plan(query));
    assertThat(schema.find()).as(() -> plan(query)).isTrue();
    return schema.group(1);
  }

  private static org.apache.spark.sql.execution.SparkPlan sparkPlan(Dataset<Row> rows) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) rows).queryExecution().sparkPlan();
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 1000 && !condition.call(); i++) {
      Thread.sleep(10);
    }
    assertThat(condition.call()).isTrue();
  }
}

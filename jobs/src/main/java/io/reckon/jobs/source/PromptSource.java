package io.reckon.jobs.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.reckon.jobs.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/** Reads prompts from any source and makes them one shape. Nothing is collected on the driver. */
public final class PromptSource {
  private static final int DUPLICATES_SHOWN = 5;
  private static final String EXPECTED = "expected";
  private static final List<String> EXPECTATIONS =
      List.of("family", EXPECTED, "expected_reasoning");

  private PromptSource() {}

  /**
   * Reads and checks the source.
   *
   * @throws UserError where the path, the format, a column or an id is at fault
   */
  public static Prompts read(SparkSession spark, PromptOptions options) {
    SourceTable table = SourceTable.read(spark, options);
    return shaped(table.parts(), table.version(), options);
  }

  /**
   * Checks rows that the caller has read, and makes them prompts.
   *
   * @param rows the same ones at every reading
   * @param options what its path says only names the rows
   * @throws UserError where a column or an id is at fault
   */
  public static Prompts of(Dataset<Row> rows, PromptOptions options) {
    return of(List.of(SourcePart.whole(rows)), options);
  }

  /** The same of rows whose columns differ. */
  static Prompts of(List<SourcePart> parts, PromptOptions options) {
    return shaped(parts, Optional.empty(), options);
  }

  /**
   * Checks the rows of a change feed, and makes those prompts that it has more often as added than
   * as taken away: the difference of the table's two states, whatever came between.
   *
   * @param changes as Delta gives them
   * @param version the newest of them
   */
  static Prompts ofChanges(Dataset<Row> changes, long version, PromptOptions options) {
    SourceColumns columns = new SourceColumns(changes.schema());
    Column added = col("_change_type").isin("insert", "update_postimage");
    Dataset<Row> difference =
        select(changes, columns, options, when(added, 1L).otherwise(-1L).as("_times"))
            .groupBy(
                "prompt_id", "messages", "overrides", "family", "expected", "expected_reasoning")
            .agg(sum("_times").as("_times"))
            .where("_times > 0")
            .withColumn("_times", explode(sequence(lit(1L), col("_times"))))
            .drop("_times");
    return named(difference, List.of(columns), Optional.of(version), options);
  }

  /** Finds the columns of each part for itself: it is asked the same when it is read alone. */
  private static Prompts shaped(
      List<SourcePart> parts, Optional<Long> version, PromptOptions options) {
    Dataset<Row> shaped =
        parts.stream().map(part -> select(part, options)).reduce(Dataset::union).orElseThrow();
    List<SourceColumns> columns =
        parts.stream().map(part -> new SourceColumns(part.rows().schema())).toList();
    return named(limited(shaped, options.limit()), columns, version, options);
  }

  private static Dataset<Row> select(SourcePart part, PromptOptions options) {
    try {
      return select(part.rows(), new SourceColumns(part.rows().schema()), options);
    } catch (UserError e) {
      throw part.file().isEmpty()
          ? e
          : new UserError("%s (in '%s'; files differ)".formatted(e.getMessage(), part.file()), e);
    }
  }

  /** What matters of a row. */
  private static Dataset<Row> select(
      Dataset<Row> rows, SourceColumns columns, PromptOptions options, Column... more) {
    List<Column> wanted = new ArrayList<>();
    wanted.add(columns.id(options.idColumn()).orElse(lit(null).cast("string")).as("prompt_id"));
    wanted.add(columns.messages(options.promptColumn()).as("messages"));
    wanted.add(columns.overrides(options.promptColumn()).as("overrides"));
    EXPECTATIONS.forEach(name -> wanted.add(expectation(columns, name)));
    wanted.addAll(List.of(more));
    return rows.select(wanted.toArray(Column[]::new));
  }

  private static Prompts named(
      Dataset<Row> shaped,
      List<SourceColumns> columns,
      Optional<Long> version,
      PromptOptions options) {
    boolean hasIds = columns.stream().anyMatch(part -> part.id(options.idColumn()).isPresent());
    boolean hasExpectations = columns.stream().anyMatch(part -> part.text(EXPECTED).isPresent());
    Dataset<Row> named = hasIds && allNamed(shaped) ? shaped : nameTheNameless(shaped);
    return new Prompts(
        named
            .withColumn("messages", withSystem(col("messages"), options.system()))
            .select("prompt_id", "messages", "overrides"),
        hasExpectations ? Optional.of(named.drop("messages", "overrides")) : Optional.empty(),
        shaped.count(),
        options.path(),
        version);
  }

  private static Column expectation(SourceColumns columns, String name) {
    return columns.text(name).orElse(lit(null).cast("string")).as(name);
  }

  /** The first rows in the order of the files, the same ones at every reading. */
  private static Dataset<Row> limited(Dataset<Row> rows, long limit) {
    if (limit == 0) {
      return rows;
    }
    String position = "_reckon_position";
    return rows.withColumn(position, monotonically_increasing_id())
        .orderBy(position)
        .limit((int) limit)
        .drop(position);
  }

  private static Column withSystem(Column messages, String system) {
    if (system.isEmpty()) {
      return messages;
    }
    Column first = struct(lit("system").as("role"), lit(system).as("content"));
    Column hasItsOwn = get(messages, lit(0)).getField("role").eqNullSafe("system");
    return when(messages.isNull().or(hasItsOwn), messages)
        .otherwise(concat(array(first), messages));
  }

  /** Whether every row has an id; refuses ids that come twice. */
  private static boolean allNamed(Dataset<Row> rows) {
    Dataset<Row> odd =
        rows.groupBy("prompt_id")
            .agg(count(lit(1)).as("times"))
            .where("times > 1 or prompt_id is null");
    List<Row> first =
        odd.orderBy(col("prompt_id").asc_nulls_first()).limit(DUPLICATES_SHOWN + 1).collectAsList();
    List<Row> repeated = first.stream().filter(row -> !row.isNullAt(0)).toList();
    if (!repeated.isEmpty()) {
      throw duplicates(repeated, odd.where("prompt_id is not null").count());
    }
    return first.isEmpty();
  }

  /**
   * @param repeated some of them
   * @param count of all of them
   */
  private static UserError duplicates(List<Row> repeated, long count) {
    String shown =
        repeated.stream()
            .limit(DUPLICATES_SHOWN)
            .map(row -> "'%s' (%d times)".formatted(row.getString(0), row.getLong(1)))
            .collect(Collectors.joining(", "));
    long more = count - Math.min(count, DUPLICATES_SHOWN);
    return new UserError(
        "%d ids come more than once: %s%s; make them unique, or name another column with --id-column"
            .formatted(count, shown, more > 0 ? " and " + more + " more" : ""));
  }

  /**
   * Names rows by the source's own content, and equal rows by their position among equals. What the
   * run adds, its system prompt, names none: asked otherwise, a row is still the same row.
   */
  private static Dataset<Row> nameTheNameless(Dataset<Row> rows) {
    Column hash = substring(sha2(coalesce(to_json(col("messages")), lit("")), 256), 1, 32);
    Column position =
        row_number()
            .over(
                Window.partitionBy(col("prompt_id"), hash)
                    .orderBy(EXPECTATIONS.stream().map(name -> col(name)).toArray(Column[]::new)));
    Column made = when(position.equalTo(1), hash).otherwise(concat(hash, lit("-"), position));
    return rows.withColumn("prompt_id", coalesce(col("prompt_id"), made));
  }
}

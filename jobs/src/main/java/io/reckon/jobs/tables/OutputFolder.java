package io.reckon.jobs.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.tables.DeltaTable;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The folder of the three tables, of the reports, and of what runs keep there to go on after a
 * crash.
 */
public final class OutputFolder {
  private static final String STATE = "_reckon";
  private static final String REPORTS = "reports";
  private static final int ATTEMPTS = 3;

  private final SparkSession spark;
  private final Path root;
  private final FileSystem files;

  private OutputFolder(SparkSession spark, Path root, FileSystem files) {
    this.spark = spark;
    this.root = root;
    this.files = files;
  }

  /**
   * Looks at the folder and changes nothing.
   *
   * @throws UserError where it holds anything but Reckon's tables
   */
  public static OutputFolder at(SparkSession spark, String path) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      Path root = new Path(path);
      FileSystem files = root.getFileSystem(hadoop);
      OutputFolder folder = new OutputFolder(spark, files.makeQualified(root), files);
      folder.requireOurs();
      return folder;
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          "cannot use '%s' for output: %s; give --output another folder"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /** Refuses a folder of other files that is this one or lies in it, however either is written. */
  public void requireOutside(String option, String folder) {
    Path given = new Path(folder).makeQualified(files.getUri(), files.getWorkingDirectory());
    if ((given + "/").startsWith(root + "/")) {
      throw new UserError(
          "%s is '%s', inside --output, which holds tables alone; give another folder"
              .formatted(option, folder));
    }
  }

  /**
   * Writes the first table where it isn't there, so that a folder or a session that takes no Delta
   * table is found out before anything is generated.
   */
  public void prepare() {
    if (has(ReckonTable.RUNS)) {
      return;
    }
    try {
      append(
          ReckonTable.RUNS, spark.createDataFrame(List.of(), ReckonTable.RUNS.schema()), "prepare");
    } catch (Exception e) {
      // Spark throws checked exceptions that its Java signatures don't declare.
      String reason = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      throw new UserError("cannot write a Delta table in '%s': %s".formatted(root, reason), e);
    }
  }

  /** The one append of a run to a table; a second one does nothing. */
  public void append(ReckonTable table, Dataset<Row> rows, String runId) {
    append(table, rows, runId, 0);
  }

  /**
   * Appends rows, and makes the table where it isn't there. A second append of the same application
   * and version does nothing, so a caller may try again; so does one of a lower version than the
   * last.
   *
   * @param rows the table's columns in any order, and perhaps others; those that it lacks are null
   */
  public void append(ReckonTable table, Dataset<Row> rows, String application, long version) {
    Set<String> given = Set.of(rows.columns());
    Column[] columns =
        Arrays.stream(table.schema().fields())
            .map(field -> column(field, given))
            .toArray(Column[]::new);
    DataFrameWriter<Row> writer =
        rows.select(columns)
            .write()
            .format("delta")
            .mode("append")
            .option("mergeSchema", !table.later().isEmpty())
            .option("txnAppId", application)
            .option("txnVersion", version);
    for (int attempt = 1; ; attempt++) {
      try {
        writer.save(path(table));
        return;
      } catch (DeltaConcurrentModificationException e) {
        // Two runs made the table at once; Delta settles every other conflict by itself.
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Column column(StructField field, Set<String> given) {
    Column values = given.contains(field.name()) ? col(field.name()) : lit(null);
    // The metadata is the column's description, which the first append leaves in the table.
    return values.cast(field.dataType()).as(field.name(), field.metadata());
  }

  /** Whether a table was made. */
  public boolean has(ReckonTable table) {
    return DeltaTable.isDeltaTable(spark, path(table));
  }

  /** All rows of a table; {@link UserError} where there is no such table. */
  public Dataset<Row> read(ReckonTable table) {
    if (!has(table)) {
      throw new UserError(
          "there is no table '%s' in '%s'; check --output".formatted(table.folder(), root));
    }
    return whole(table, spark.read().format("delta").load(path(table)));
  }

  /** With all columns, also where an earlier version made the table. */
  private static Dataset<Row> whole(ReckonTable table, Dataset<Row> rows) {
    Set<String> present = Set.of(rows.columns());
    if (present.containsAll(table.later())) {
      return rows;
    }
    return rows.select(
        Arrays.stream(table.schema().fields())
            .map(field -> column(field, present))
            .toArray(Column[]::new));
  }

  /**
   * A table as it stands now: rows that are added later are never seen, whenever it is read. No
   * rows where there is no table.
   */
  public Dataset<Row> snapshot(ReckonTable table) {
    if (!has(table)) {
      return spark.createDataFrame(List.of(), table.schema());
    }
    DataFrameReader reader = spark.read().format("delta").option("versionAsOf", version(table));
    return whole(table, reader.load(path(table)));
  }

  /** The version of a table, which every append makes another; -1 where there is no table. */
  public long version(ReckonTable table) {
    return has(table)
        ? DeltaTable.forPath(spark, path(table)).history(1).select("version").head().getLong(0)
        : -1;
  }

  /** All rows of a table; none where it was not made yet. */
  public Dataset<Row> rows(ReckonTable table) {
    return has(table) ? read(table) : spark.createDataFrame(List.of(), table.schema());
  }

  /** Where a table lies. */
  public String path(ReckonTable table) {
    return new Path(root, table.folder()).toString();
  }

  /** Where runs keep what they need to go on after a crash. */
  public Path state() {
    return new Path(root, STATE);
  }

  /** Where the reports of runs lie. */
  public Path reports() {
    return new Path(root, REPORTS);
  }

  /** The file system that holds it. */
  public FileSystem files() {
    return files;
  }

  @Override
  public String toString() {
    return root.toString();
  }

  private void requireOurs() throws IOException {
    if (!files.exists(root)) {
      return;
    }
    if (!files.getFileStatus(root).isDirectory()) {
      throw new UserError("'" + root + "' is a file; give --output a folder");
    }
    for (FileStatus entry : files.listStatus(root)) {
      requireOurs(entry.getPath().getName());
    }
    for (ReckonTable table : ReckonTable.values()) {
      requireOurTable(table);
    }
  }

  private void requireOurs(String name) {
    List<String> ours =
        Stream.concat(
                Stream.of(STATE, REPORTS),
                Arrays.stream(ReckonTable.values()).map(ReckonTable::folder))
            .toList();
    if (!ours.contains(name) && !name.startsWith(".")) {
      throw new UserError(
          "'%s' holds '%s', which is not Reckon's; give --output a new folder, or one of Reckon's tables"
              .formatted(root, name));
    }
  }

  private void requireOurTable(ReckonTable table) throws IOException {
    Path folder = new Path(path(table));
    if (!files.exists(folder)) {
      return;
    }
    if (!DeltaTable.isDeltaTable(spark, folder.toString())) {
      if (!files.getFileStatus(folder).isDirectory() || !isLeftByDeadRun(folder)) {
        throw new UserError(
            "'%s' is not a Delta table; give --output a new folder".formatted(folder));
      }
      return;
    }
    requireColumns(table, spark.read().format("delta").load(folder.toString()).schema());
  }

  /**
   * Whether a folder holds at most what a run leaves that dies over the first append to a table.
   */
  private boolean isLeftByDeadRun(Path folder) throws IOException {
    boolean hasState = files.exists(state());
    for (FileStatus entry : files.listStatus(folder)) {
      String name = entry.getPath().getName();
      if (!name.equals("_delta_log") && !(hasState && name.endsWith(".parquet"))) {
        return false;
      }
    }
    return true;
  }

  private void requireColumns(ReckonTable table, StructType present) {
    for (StructField column : table.schema().fields()) {
      boolean lacking = !List.of(present.fieldNames()).contains(column.name());
      boolean fits =
          Arrays.stream(present.fields())
              .anyMatch(
                  found ->
                      found.name().equals(column.name())
                          && DataType.equalsIgnoreNullability(found.dataType(), column.dataType()));
      if (!fits && !(lacking && table.later().contains(column.name()))) {
        throw new UserError(
            "the table '%s' has no column %s of type %s; another program or version made it, so give --output a new folder"
                .formatted(path(table), column.name(), column.dataType().simpleString()));
      }
    }
  }
}

package io.reckon.jobs.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  @Test
  void lookingChangesNothing() {
    var unused = OutputFolder.at(SPARK, folder.resolve("new").toString());

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void appendsOfOneRunCountOnce() {
    OutputFolder output = OutputFolder.at(SPARK, folder.toString());
    Dataset<Row> run = SPARK.sql("select 'r' run_id, 'finished' status, 1L rows, 'x' other");

    output.append(ReckonTable.RUNS, run, "r");
    output.append(ReckonTable.RUNS, run, "r");
    output.append(ReckonTable.RUNS, run, "s");

    Dataset<Row> runs = OutputFolder.at(SPARK, folder.toString()).read(ReckonTable.RUNS);
    assertThat(runs.count()).isEqualTo(2);
    assertThat(runs.schema()).isEqualTo(ReckonTable.RUNS.schema());
  }

  @Test
  void aTableOfAnEarlierVersionIsReadAndGetsItsNewColumnsWithTheNextAppend() {
    SPARK
        .createDataFrame(List.of(), ReckonTable.RUNS.schema())
        .drop("scope", "settled")
        .write()
        .format("delta")
        .save(folder.resolve("runs").toString());
    OutputFolder output = OutputFolder.at(SPARK, folder.toString());
    assertThat(output.read(ReckonTable.RUNS).where("scope = 's'").count()).isZero();
    assertThat(output.snapshot(ReckonTable.RUNS).where("settled").count()).isZero();

    output.append(ReckonTable.RUNS, SPARK.sql("select 'r' run_id, 's' scope"), "r");

    assertThat(output.read(ReckonTable.RUNS).where("scope = 's'").count()).isEqualTo(1);
    assertThat(OutputFolder.at(SPARK, folder.toString()).read(ReckonTable.RUNS).schema())
        .isEqualTo(ReckonTable.RUNS.schema());
  }

  @Test
  void refusesAFolderThatHoldsSomethingElse() throws IOException {
    Path letter = Files.writeString(folder.resolve("letter.txt"), "dear reader");

    assertRefused(folder, "holds 'letter.txt', which is not Reckon's");
    assertThat(letter).hasContent("dear reader");
  }

  @Test
  void refusesAFile() throws IOException {
    assertRefused(Files.writeString(folder.resolve("file"), "x"), "is a file");
  }

  @Test
  void refusesATableFolderThatIsNoTable() throws IOException {
    Files.createDirectory(folder.resolve("answers"));
    Files.writeString(folder.resolve("answers/part.csv"), "x");

    assertRefused(folder, "answers' is not a Delta table");
  }

  @Test
  void takesATableThatARunDiedOverBeforeItsFirstAppend() throws IOException {
    Files.createDirectories(folder.resolve("_reckon"));
    Files.createDirectories(folder.resolve("answers/_delta_log"));
    Files.writeString(folder.resolve("answers/part-0.snappy.parquet"), "half");
    OutputFolder output = OutputFolder.at(SPARK, folder.toString());

    output.append(ReckonTable.ANSWERS, SPARK.sql("select 'p' prompt_id"), "a", 1);

    assertThat(output.read(ReckonTable.ANSWERS).count()).isEqualTo(1);
  }

  @Test
  void refusesATableOfAnotherShape() {
    SPARK
        .sql("select 1 prompt_id")
        .write()
        .format("delta")
        .save(folder.resolve("answers").toString());

    assertRefused(folder, "has no column prompt_id of type string");
  }

  @Test
  void refusesAFileSystemThatIsNotThere() {
    assertThatThrownBy(() -> OutputFolder.at(SPARK, "nofs://x/y"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot use 'nofs://x/y' for output");
  }

  @Test
  void saysWhereATableWasLookedFor() {
    assertThatThrownBy(() -> OutputFolder.at(SPARK, folder.toString()).read(ReckonTable.ANSWERS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no table 'answers' in '")
        .hasMessageContaining(folder.toString());
  }

  private static void assertRefused(Path path, String part) {
    assertThatThrownBy(() -> OutputFolder.at(SPARK, path.toString()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(part)
        .hasMessageContaining("give --output");
    assertThat(Stream.of(path)).allMatch(Files::exists);
  }
}

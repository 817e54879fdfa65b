package io.reckon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.infer.InferJob;
import io.reckon.jobs.infer.InferOptions;
import io.reckon.jobs.infer.Progress;
import io.reckon.udfs.EngineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookTest {
  private static final Path ROOT = Path.of("..");

  @TempDir private Path folder;

  @Test
  void everyCellRunsOnTheTablesOfARun() throws IOException {
    SparkSession spark = TestSpark.session();
    Path output = folder.resolve("out");
    infer(spark, output);
    String notebook = Files.readString(ROOT.resolve("notebooks/answers.sql"));
    List<String> cells = cells(notebook.replace("'reckon-out'", "'" + output + "'"));
    assertThat(cells).hasSizeGreaterThan(5);
    cells.forEach(cell -> spark.sql(cell).collectAsList());
    assertThat(spark.table("current_answers").count()).isEqualTo(2);
  }

  private void infer(SparkSession spark, Path output) throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "What is 1+1?\n\n");
    Path model = ROOT.resolve("engine/src/test/resources/mla-small").toAbsolutePath();
    InferOptions options =
        InferOptions.builder(prompts.toString(), output.toString())
            .engine(EngineSettings.builtin().withModel(model.toString()))
            .build();
    new InferJob().run(spark, options, Progress.NONE);
  }

  /** The statements; cells of text and the notebook's header are none. */
  private static List<String> cells(String notebook) {
    return Stream.of(notebook.split("-- COMMAND -+", -1))
        .map(cell -> cell.replaceAll("(?m)^--.*$", "").strip().replaceAll(";$", ""))
        .filter(cell -> !cell.isEmpty())
        .toList();
  }
}

package io.reckon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.api.Reckon;
import io.reckon.jobs.api.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every notebook runs, cell by cell, with the built-in model and Spark as it comes. */
class NotebookTest {
  private static final SparkSession SPARK = TestSpark.asShipped();
  private static final Path NOTEBOOKS = Path.of("../notebooks");

  @TempDir private Path folder;

  @Test
  void aFirstRun() throws IOException {
    try (ScalaCells notebook = new ScalaCells(SPARK)) {
      cells("first_run.scala", "reckon-out").forEach(notebook::run);

      assertThat(rows(notebook, "first")).isEqualTo(4);
      assertThat(rows(notebook, "second")).isZero();
      assertThat(rows(notebook, "third")).isEqualTo(1);
      assertThat(answers(notebook, "third"))
          .contains("[boxes,15]", "[empty,null]", "[equation,0]", "[factor,4]", "[sum,702]");
      assertThat(answers(notebook, "graded")).containsExactly("[ann,incorrect]", "[bob,correct]");
    }
  }

  @Test
  void labellingWithSql() throws IOException {
    cells("labelling.sql", "reckon-out").forEach(cell -> SPARK.sql(cell).collectAsList());

    assertThat(SPARK.table("labels").select("id", "label").orderBy("id").collectAsList())
        .extracting(Row::toString)
        .containsExactly("[ann,incorrect]", "[bob,correct]", "[cyd,correct]", "[dan,null]");
    SPARK.sql("DROP TABLE labels");
  }

  @Test
  void aNightlyJobAndItsReport() throws IOException {
    try (ScalaCells notebook = new ScalaCells(SPARK)) {
      cells("nightly.scala", "reckon-nightly").forEach(notebook::run);

      assertThat(rows(notebook, "first")).isEqualTo(200);
      assertThat(rows(notebook, "second")).isEqualTo(3);
      assertThat(((RunResult) notebook.value("second")).summary().report()).isPresent();
      assertThat(answers(notebook, "second")).hasSize(201).contains("[100,408]", "[99,792]");
    }
  }

  @Test
  void theTablesOfARun() throws IOException {
    Path output = folder.resolve("reckon-out");
    var unused =
        Reckon.on(SPARK)
            .prompts(SPARK.sql("SELECT explode(array('What is 1 + 1?', '')) AS prompt"))
            .options(more -> more.report(false))
            .output(output.toString())
            .run();

    cells("answers.sql", "reckon-out").forEach(cell -> SPARK.sql(cell).collectAsList());

    assertThat(SPARK.table("current_answers").count()).isEqualTo(2);
  }

  private static long rows(ScalaCells notebook, String run) {
    return ((RunResult) notebook.value(run)).count().rows();
  }

  private static List<String> answers(ScalaCells notebook, String run) {
    return ((RunResult) notebook.value(run))
        .answers().select("prompt_id", "answer").orderBy("prompt_id").collectAsList().stream()
            .map(Row::toString)
            .toList();
  }

  /**
   * The cells of code in a notebook.
   *
   * @param output what the notebook calls its folder; it becomes one of this test's
   */
  private List<String> cells(String name, String output) throws IOException {
    String comment = name.endsWith(".sql") ? "--" : "//";
    String notebook = Files.readString(NOTEBOOKS.resolve(name));
    assertThat(notebook).startsWith(comment + " Databricks notebook source\n");
    List<String> cells =
        Stream.of(notebook.split("(?m)^" + comment + " COMMAND -+$"))
            .map(cell -> cell.replaceAll("(?m)^" + comment + ".*$", "").strip())
            .map(cell -> cell.replaceAll(";$", ""))
            .map(cell -> cell.replaceAll("(['\"])" + output + "\\b", "$1" + folder.resolve(output)))
            .filter(cell -> !cell.isEmpty())
            .toList();
    assertThat(cells).hasSizeGreaterThan(5);
    return cells;
  }
}

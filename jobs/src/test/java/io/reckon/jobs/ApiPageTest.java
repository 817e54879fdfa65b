package io.reckon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.tables.OutputFolder;
import io.reckon.jobs.tables.ReckonTable;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/api.md and docs/sql.md show runs, and {@code Reckon} shows the same. */
class ApiPageTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  @BeforeEach
  void tickets() {
    SPARK
        .sql(
            "SELECT * FROM VALUES ('a', 'It crashes.'), ('b', 'How do I start it?') AS t(id, body)")
        .createOrReplaceTempView("tickets");
  }

  @Test
  void theScalaExampleRuns() throws Exception {
    try (ScalaCells notebook = new ScalaCells(SPARK)) {
      notebook.run(example("scala"));
    }
    assertLabelled();
  }

  @Test
  void theJavaExampleRuns() throws Exception {
    Path source = folder.resolve("Example.java");
    Files.writeString(
        source,
        """
        import io.reckon.jobs.api.*;
        import org.apache.spark.sql.*;
        public class Example {
          public static void run(SparkSession spark) {
        %s  }
        }
        """
            .formatted(example("java")));
    compile(source);
    try (URLClassLoader classes = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      classes.loadClass("Example").getMethod("run", SparkSession.class).invoke(null, SPARK);
    }
    assertLabelled();
  }

  @Test
  void theSqlExamplesRun() throws Exception {
    SPARK.table("tickets").createOrReplaceTempView("letters");
    Pattern.compile(";\\s*")
        .splitAsStream(block("sql.md", "sql"))
        .forEach(query -> assertThat(SPARK.sql(query).collectAsList()).as(query).hasSize(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "scala"})
  void theClassShowsTheSame(String language) throws Exception {
    String source = Files.readString(Path.of("src/main/java/io/reckon/jobs/api/Reckon.java"));
    assertThat(source.replaceAll("(?m)^ \\* ?", "")).contains(block("api.md", language));
  }

  private void compile(Path source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> options =
        List.of("-proc:none", "-cp", ScalaCells.CLASS_PATH, "-d", folder.toString());
    var files = compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source);
    assertThat(compiler.getTask(said, null, null, options, null, files).call())
        .as(said::toString)
        .isTrue();
  }

  private void assertLabelled() {
    OutputFolder output = OutputFolder.at(SPARK, folder.resolve("labels").toString());
    assertThat(output.read(ReckonTable.ANSWERS).select("prompt_id", "answer").collectAsList())
        .hasSize(2)
        .allMatch(row -> List.of("bug", "question", "praise").contains(row.getString(1)));
  }

  /** The page's first block in a language, its tables in this test's folder. */
  private String example(String language) throws Exception {
    return block("api.md", language).replace("\"labels\"", "\"" + folder.resolve("labels") + "\"");
  }

  private static String block(String name, String language) throws Exception {
    String page = Files.readString(Path.of("../docs", name));
    Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).isTrue();
    return block.group(1);
  }
}

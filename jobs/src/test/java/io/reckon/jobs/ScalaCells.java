package io.reckon.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;

/**
 * Runs Scala as a notebook does: one cell after the other, each seeing what those before it did.
 */
final class ScalaCells implements AutoCloseable {
  static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  private final StringWriter said = new StringWriter();
  private final ClassLoader contextBefore = Thread.currentThread().getContextClassLoader();
  private final IMain interpreter;

  /** With {@code spark}, and {@code display}, which notebooks have for tables. */
  ScalaCells(SparkSession spark) {
    Settings settings = new Settings();
    settings.processArguments(
        list("-classpath", CLASS_PATH, "-Yrepl-class-based"), /* processAll= */ true);
    interpreter =
        new IMain(
            settings,
            Option.apply(ScalaCells.class.getClassLoader()),
            settings,
            new ReplReporterImpl(settings, new PrintWriter(said)));
    interpreter.bind("spark", "org.apache.spark.sql.SparkSession", spark, list("@transient"));
    run("def display(rows: org.apache.spark.sql.Dataset[_]): Unit = rows.show(20, 60)");
    Thread.currentThread().setContextClassLoader(interpreter.classLoader());
  }

  /** Runs a cell; one that does not compile, or throws, fails the test with what was said. */
  void run(String cell) {
    if (interpreter.interpret(cell) != Results.Success$.MODULE$) {
      throw new AssertionError("this cell failed:\n" + cell + "\n" + said);
    }
  }

  /** The value of a name that a cell has defined. */
  Object value(String name) {
    return interpreter.valueOfTerm(name).get();
  }

  @Override
  public void close() {
    Thread.currentThread().setContextClassLoader(contextBefore);
    interpreter.close();
  }

  private static scala.collection.immutable.List<String> list(String... values) {
    return CollectionConverters.asScala(List.of(values)).toList();
  }
}

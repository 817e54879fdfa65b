package io.reckon.udfs.sql;

import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.ReckonSparkConf;
import java.util.Optional;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import scala.Function1;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The SQL functions. */
enum ReckonFunction {
  RECKON(
      "reckon", "_FUNC_(prompt[, options]) - The model's answer to a prompt, and its reasoning."),
  CLASSIFY(
      "reckon_classify",
      "_FUNC_(text, labels[, options]) - The one of an array of labels that fits a text."),
  EXTRACT(
      "reckon_extract",
      "_FUNC_(text, schema[, options]) - What a text says of what a schema asks for. The schema is"
          + " a JSON schema, or columns as in CREATE TABLE; then `parsed` has these.");

  private final String sqlName;
  private final String usage;

  ReckonFunction(String sqlName, String usage) {
    this.sqlName = sqlName;
    this.usage = usage;
  }

  String sqlName() {
    return sqlName;
  }

  /** How it is called, for a message. */
  String form() {
    return usage.substring(0, usage.indexOf(')') + 1).replace("_FUNC_", sqlName);
  }

  FunctionIdentifier identifier() {
    return new FunctionIdentifier(sqlName);
  }

  ExpressionInfo info() {
    return new ExpressionInfo(
        ReckonCall.class.getName(), null, sqlName, usage, "", "", "", "", "", "", "java_udf");
  }

  /** Makes calls that an engine of {@code engines} answers. */
  Function1<Seq<Expression>, Expression> builder(EngineFactory engines) {
    return Scala.function(arguments -> new ReckonCall(this, arguments, sessionsEngine(), engines));
  }

  /** The engine that the session's configuration names; the built-in model where it names none. */
  private static EngineSettings sessionsEngine() {
    return ReckonSparkConf.engine(
        Optional.empty(),
        ReckonSparkConf.ofSession(
            CollectionConverters.asJava(sessionsConfiguration().getAllConfs())));
  }

  /**
   * The session's own: while Spark analyzes a view's text, the one in force holds what the view has
   * kept, and that is nothing of ours.
   */
  private static SQLConf sessionsConfiguration() {
    Option<SparkSession> active = SparkSession.getActiveSession();
    return active.isDefined() ? active.get().sessionState().conf() : SQLConf.get();
  }
}

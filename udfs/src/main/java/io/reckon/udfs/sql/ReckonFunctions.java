package io.reckon.udfs.sql;

import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.ExecutorEngine;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;

/** Gives the SQL functions to a session that was started without {@link ReckonExtensions}. */
public final class ReckonFunctions {
  private ReckonFunctions() {}

  /**
   * Registers the functions in one session. Its planner knows nothing of them, so every task asks
   * for one row at a time: as many rows are in flight as there are tasks.
   */
  public static void register(SparkSession spark) {
    register(spark, ExecutorEngine.local());
  }

  static void register(SparkSession spark, EngineFactory engines) {
    FunctionRegistry registry =
        ((org.apache.spark.sql.classic.SparkSession) spark).sessionState().functionRegistry();
    for (ReckonFunction function : ReckonFunction.values()) {
      registry.createOrReplaceTempFunction(
          function.sqlName(), function.builder(engines), "java_udf");
    }
  }
}

package io.reckon.udfs.sql;

import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.ExecutorEngine;
import org.apache.spark.sql.SparkSessionExtensions;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Gives every session the SQL functions, and the operator that evaluates them many rows at a time:
 *
 * <pre>spark.sql.extensions=io.reckon.udfs.sql.ReckonExtensions</pre>
 *
 * <p>Other extensions stand beside it, separated by commas.
 */
public final class ReckonExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  private final EngineFactory engines;

  /** With Reckon's own engine. */
  public ReckonExtensions() {
    this(ExecutorEngine.local());
  }

  ReckonExtensions(EngineFactory engines) {
    this.engines = engines;
  }

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (ReckonFunction function : ReckonFunction.values()) {
      extensions.injectFunction(
          new Tuple3<>(function.identifier(), function.info(), function.builder(engines)));
    }
    extensions.injectPreCBORule(Scala.function(session -> new LiftCalls()));
    extensions.injectPreCBORule(Scala.function(session -> new UsedColumnsOnly()));
    extensions.injectPreCBORule(Scala.function(session -> new ConditionsFirst()));
    extensions.injectPreCBORule(Scala.function(session -> new SortsAndLimitsFirst()));
    extensions.injectPlannerStrategy(Scala.function(session -> new ReckonStrategy()));
    return BoxedUnit.UNIT;
  }
}

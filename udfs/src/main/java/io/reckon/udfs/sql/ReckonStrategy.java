package io.reckon.udfs.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.Seq;

/** Plans {@link ReckonEval}. */
final class ReckonStrategy extends SparkStrategy {
  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    return plan instanceof ReckonEval eval
        ? Scala.seq(List.of(new ReckonEvalExec(eval.calls(), planLater(eval.child()))))
        : Scala.seq(List.of());
  }
}

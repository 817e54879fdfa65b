package io.reckon.udfs.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.optimizer.ColumnPruning$;
import org.apache.spark.sql.catalyst.optimizer.NestedColumnAliasing$;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.internal.SQLConf;

/**
 * Leaves only those columns below calls that are used, of structs only those fields, so that no
 * others are read. Spark has pruned before there was an operator for calls.
 */
final class UsedColumnsOnly extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    if (!plan.exists(Scala.function(node -> node instanceof ReckonEval))) {
      return plan;
    }
    LogicalPlan columns = ColumnPruning$.MODULE$.apply(plan);
    return SQLConf.get().nestedSchemaPruningEnabled()
        ? columns.transformDown(Scala.total(UsedColumnsOnly::fieldsOnly))
        : columns;
  }

  /** Fields become columns below the calls that use them. */
  private static LogicalPlan fieldsOnly(LogicalPlan node) {
    if (!(node instanceof Project project) || !(project.child() instanceof ReckonEval eval)) {
      return node;
    }
    List<Expression> uses = new ArrayList<>(Scala.<Expression>list(project.expressions()));
    uses.addAll(Scala.<Expression>list(eval.expressions()));
    return NestedColumnAliasing$.MODULE$
        .rewritePlanIfSubsetFieldsUsed(project, Scala.seq(uses), CallOutput.results(eval.calls()))
        .getOrElse(() -> project);
  }
}

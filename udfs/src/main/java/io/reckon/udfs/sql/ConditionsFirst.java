package io.reckon.udfs.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.optimizer.PushDownPredicates$;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;

/**
 * Puts conditions below the calls whose results they don't need, so that no row is asked that they
 * drop. Spark itself takes none through a projection with a call, which is not deterministic.
 */
final class ConditionsFirst extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    LogicalPlan filtered =
        plan.transformUp(
            Scala.total(node -> node instanceof Filter filter ? conditionsFirst(filter) : node));
    // From there Spark takes them on, to a join's sides and to the table.
    return filtered == plan ? plan : PushDownPredicates$.MODULE$.apply(filtered);
  }

  private static LogicalPlan conditionsFirst(Filter filter) {
    LogicalPlan child = filter.child();
    List<Expression> above = new ArrayList<>();
    for (Expression condition : LiftCalls.conjuncts(filter.condition())) {
      // One that is not deterministic may count the rows that reach it.
      boolean mayMove =
          condition.deterministic() && above.stream().allMatch(Expression::deterministic);
      Optional<LogicalPlan> filtered = mayMove ? filtered(child, condition) : Optional.empty();
      if (filtered.isEmpty()) {
        above.add(condition);
      }
      child = filtered.orElse(child);
    }
    if (child == filter.child()) {
      return filter;
    }
    return above.isEmpty() ? child : new Filter(LiftCalls.conjunction(above), child);
  }

  /** With a condition below the lowest calls that it can go below; empty where there are none. */
  private static Optional<LogicalPlan> filtered(LogicalPlan node, Expression condition) {
    if (!isPassed(node) || !SortsAndLimitsFirst.keepsItsValues(node)) {
      return Optional.empty();
    }
    LogicalPlan child = node.children().head();
    Expression below =
        node instanceof Project project
            ? condition.transformDown(
                Scala.total(part -> SortsAndLimitsFirst.source(part, project)))
            : condition;
    if (!below.deterministic() || !below.references().subsetOf(child.outputSet())) {
      return Optional.empty();
    }
    Optional<LogicalPlan> filtered = filtered(child, below);
    return (asks(node) ? filtered.or(() -> Optional.of(new Filter(below, child))) : filtered)
        .map(next -> SortsAndLimitsFirst.over(node, next));
  }

  private static boolean isPassed(LogicalPlan node) {
    return node instanceof Project || node instanceof Filter || node instanceof ReckonEval;
  }

  private static boolean asks(LogicalPlan node) {
    return Scala.<Expression>list(node.expressions()).stream().anyMatch(LiftCalls::hasCall);
  }
}

package io.reckon.udfs.sql;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.Option;

/**
 * Puts sorts and limits below the {@link ReckonEval}s that {@link LiftCalls} has made: below a sort
 * every row would be asked twice, and below a limit rows that nobody takes. Both go through
 * projections on their way, a sort through filters too, where that leaves the result as it is.
 */
final class SortsAndLimitsFirst extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    LogicalPlan sorted = sortsFirst(plan, false);
    return sorted.transformDown(Scala.total(node -> limitFirst(node, sorted)));
  }

  /**
   * A sort above calls goes below them where it needs no result: Spark reads what it sorts twice.
   *
   * @param limited whether a limit takes the first rows of {@code node}: by order only where
   *     nothing but what {@link #limited} passes comes between it and the sort
   */
  private static LogicalPlan sortsFirst(LogicalPlan node, boolean limited) {
    if (limited && node instanceof Offset) {
      return node;
    }
    boolean below =
        node instanceof GlobalLimit
            || node instanceof LocalLimit
            || (limited && node instanceof Project);
    LogicalPlan done = node.mapChildren(Scala.function(child -> sortsFirst(child, below)));
    return done instanceof Sort sort ? sorted(sort.child(), sort, limited).orElse(done) : done;
  }

  /** With the sort below the lowest calls that it can go below; empty where there are none. */
  private static Optional<LogicalPlan> sorted(LogicalPlan node, LogicalPlan sort, boolean limited) {
    if (!keepsItsValues(node) || becomesJoin(node)) {
      return Optional.empty();
    }
    if (node instanceof Project project) {
      LogicalPlan below = sort.transformExpressionsDown(Scala.total(part -> source(part, project)));
      boolean deterministic =
          Scala.<Expression>list(below.expressions()).stream().allMatch(Expression::deterministic);
      return deterministic
          ? sorted(project.child(), below, limited).map(child -> over(project, child))
          : Optional.empty();
    }
    if (node instanceof Filter filter && !limited) {
      return sorted(filter.child(), sort, false).map(child -> over(filter, child));
    }
    if (node instanceof ReckonEval eval && needsNothingOf(eval, sort)) {
      return Optional.of(
          over(
              eval, sorted(eval.child(), sort, limited).orElseGet(() -> over(sort, eval.child()))));
    }
    return Optional.empty();
  }

  /** Whether Spark makes a join of it later, which leaves no order. */
  private static boolean becomesJoin(LogicalPlan node) {
    return Scala.<Expression>list(node.expressions()).stream()
        .anyMatch(SubqueryExpression::hasInOrCorrelatedExistsSubquery);
  }

  private static boolean needsNothingOf(ReckonEval eval, LogicalPlan sort) {
    return Scala.<Expression>list(sort.expressions()).stream()
        .allMatch(order -> order.references().subsetOf(eval.child().outputSet()));
  }

  /**
   * Whether a shuffle or a filter below leaves what a node computes for a row: not a row's file,
   * its partition or a random number.
   */
  static boolean keepsItsValues(LogicalPlan node) {
    return Scala.<Expression>list(node.expressions()).stream()
        .noneMatch(
            expression ->
                expression.exists(Scala.function(SortsAndLimitsFirst::differsFromPlaceToPlace)));
  }

  private static boolean differsFromPlaceToPlace(Expression part) {
    return !(part instanceof ReckonCall)
        && !part.deterministic()
        && Scala.<Expression>list(part.children()).stream().allMatch(Expression::deterministic);
  }

  static LogicalPlan over(LogicalPlan node, LogicalPlan child) {
    return node.withNewChildren(Scala.seq(List.of(child)));
  }

  /** What a column of a projection stands for; any other expression as it is. */
  static Expression source(Expression part, Project project) {
    return Scala.<NamedExpression>list(project.projectList()).stream()
        .filter(Alias.class::isInstance)
        .map(Alias.class::cast)
        .filter(alias -> part instanceof Attribute use && use.exprId().equals(alias.exprId()))
        .map(Alias::child)
        .findFirst()
        .orElse(part);
  }

  /**
   * A limit above calls goes below them too: each row gives one. Over all rows where it can, since
   * every task asks as many as a limit of partitions says; only what collects takes one partition
   * after the other.
   */
  private static LogicalPlan limitFirst(LogicalPlan node, LogicalPlan root) {
    if (node != root && node instanceof GlobalLimit all && all.child() instanceof LocalLimit each) {
      return over(all, over(each, limited(each.child(), each.limitExpr(), true)));
    }
    return node instanceof LocalLimit limit
        ? over(limit, limited(limit.child(), limit.limitExpr(), false))
        : node;
  }

  /**
   * @param overAll whether the limit is one of all rows, not of each partition's
   */
  private static LogicalPlan limited(LogicalPlan node, Expression limit, boolean overAll) {
    boolean all = overAll && keepsItsValues(node);
    if (node instanceof Project project) {
      return over(project, limited(project.child(), limit, all));
    }
    if (!(node instanceof ReckonEval eval)
        || within(all ? eval.maxRows() : eval.maxRowsPerPartition(), limit)) {
      return node;
    }
    LogicalPlan child = limited(eval.child(), limit, all);
    if (child != eval.child()) {
      return over(eval, child);
    }
    LogicalPlan first = new LocalLimit(limit, child);
    // The first rows of all, where there is an order over all.
    boolean ordered = child instanceof Sort sort && sort.global();
    return over(eval, all || ordered ? new GlobalLimit(limit, first) : first);
  }

  private static boolean within(Option<Object> most, Expression limit) {
    return most.isDefined()
        && limit instanceof Literal literal
        && literal.value() instanceof Integer value
        && (Long) most.get() <= value;
  }
}

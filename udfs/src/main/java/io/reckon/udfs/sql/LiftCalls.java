package io.reckon.udfs.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ConditionalExpression;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.LambdaFunction;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
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
 * Lifts calls out of the expressions of a node into a {@link ReckonEval} below it, as Spark does
 * with Python's functions. Equal calls of a node become one. What is only evaluated for some rows
 * stays where it is (a branch of a CASE, a lambda), so that no row is asked in vain; for the same
 * reason other conditions of a filter, and limits, go below.
 */
final class LiftCalls extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    LogicalPlan lifted = plan.transformUp(Scala.total(LiftCalls::lift));
    LogicalPlan sorted = sortsFirst(lifted, false);
    return sorted.transformDown(Scala.total(node -> limitFirst(node, sorted)));
  }

  private static LogicalPlan lift(LogicalPlan node) {
    if (node instanceof ReckonEval
        || node.children().size() != 1
        || Scala.<Expression>list(node.expressions()).stream().noneMatch(LiftCalls::hasCall)) {
      return node;
    }
    if (node instanceof Aggregate aggregate) {
      return liftFrom(aggregate);
    }
    return node instanceof Filter filter ? liftFrom(filter) : liftFromAny(node);
  }

  /** The general case: calls over the child's columns, the innermost first. */
  private static LogicalPlan liftFromAny(LogicalPlan node) {
    LogicalPlan lifted = node;
    for (Map<Expression, Alias> calls = calls(lifted); !calls.isEmpty(); calls = calls(lifted)) {
      ReckonEval eval =
          new ReckonEval(Scala.seq(List.copyOf(calls.values())), lifted.children().head());
      lifted = withResults(lifted, calls).withNewChildren(Scala.seq(List.of(eval)));
    }
    return sameColumns(node, lifted);
  }

  /** Conditions without a call go below those with one. */
  private static LogicalPlan liftFrom(Filter filter) {
    List<Expression> before = new ArrayList<>();
    List<Expression> after = new ArrayList<>();
    for (Expression condition : conjuncts(filter.condition())) {
      (condition.deterministic() ? before : after).add(condition);
    }
    LogicalPlan child =
        before.isEmpty() ? filter.child() : new Filter(conjunction(before), filter.child());
    return liftFromAny(new Filter(conjunction(after), child));
  }

  /** Calls over what an aggregate computes are evaluated above it. */
  private static LogicalPlan liftFrom(Aggregate aggregate) {
    List<NamedExpression> computed = new ArrayList<>();
    List<NamedExpression> results = new ArrayList<>();
    for (NamedExpression result : Scala.<NamedExpression>list(aggregate.aggregateExpressions())) {
      Expression expression = (Expression) result;
      if (hasCall(expression)) {
        results.add(
            (NamedExpression)
                expression.transformDown(Scala.total(part -> computed(part, aggregate, computed))));
      } else {
        computed.add(result);
        results.add(result.toAttribute());
      }
    }
    LogicalPlan below =
        aggregate.copy(
            aggregate.groupingExpressions(),
            Scala.seq(computed),
            aggregate.child(),
            aggregate.copy$default$4());
    return liftFromAny(new Project(Scala.seq(results), below));
  }

  /** What an aggregate computes as a column of it; any other expression as it is. */
  private static Expression computed(
      Expression part, Aggregate aggregate, List<NamedExpression> computed) {
    boolean own =
        part instanceof AggregateExpression
            || Scala.<Expression>list(aggregate.groupingExpressions()).stream()
                .anyMatch(group -> group.semanticEquals(part));
    if (!own) {
      return part;
    }
    Alias column = alias(part, "_reckon_input");
    computed.add(column);
    return (Expression) column.toAttribute();
  }

  /** The calls of a node that can be evaluated below it, by their canonical form. */
  private static Map<Expression, Alias> calls(LogicalPlan node) {
    List<ReckonCall> found = new ArrayList<>();
    for (Expression expression : Scala.<Expression>list(node.expressions())) {
      collect(expression, found);
    }
    LogicalPlan child = node.children().head();
    Map<Expression, Alias> calls = new LinkedHashMap<>();
    for (ReckonCall call : found) {
      if (call.references().subsetOf(child.outputSet()) && sameEngine(call, found.get(0))) {
        calls.computeIfAbsent(call.canonicalized(), same -> alias(call, "_" + call.name()));
      }
    }
    return calls;
  }

  private static boolean sameEngine(ReckonCall one, ReckonCall other) {
    return one.engine().equals(other.engine()) && one.engines().equals(other.engines());
  }

  /** Adds the innermost calls that are evaluated for every row. */
  private static void collect(Expression expression, List<ReckonCall> calls) {
    if (expression instanceof LambdaFunction) {
      return;
    }
    if (expression instanceof ReckonCall call && !hasCall(call.prompt())) {
      calls.add(call);
      return;
    }
    for (Expression part : alwaysEvaluated(expression)) {
      collect(part, calls);
    }
  }

  private static List<Expression> alwaysEvaluated(Expression expression) {
    return Scala.list(
        expression instanceof ConditionalExpression conditional
            ? conditional.alwaysEvaluatedInputs()
            : expression.children());
  }

  private static LogicalPlan withResults(LogicalPlan node, Map<Expression, Alias> calls) {
    return node.transformExpressionsDown(
        Scala.total(
            expression ->
                Optional.of(expression)
                    .filter(ReckonCall.class::isInstance)
                    .map(call -> calls.get(call.canonicalized()))
                    .map(alias -> (Expression) alias.toAttribute())
                    .orElse(expression)));
  }

  private static LogicalPlan sameColumns(LogicalPlan wanted, LogicalPlan plan) {
    return plan.output().equals(wanted.output())
        ? plan
        : new Project(Scala.seq(Scala.<NamedExpression>list(wanted.output())), plan);
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
    if (!keepsItsValues(node)) {
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

  private static boolean needsNothingOf(ReckonEval eval, LogicalPlan sort) {
    return Scala.<Expression>list(sort.expressions()).stream()
        .allMatch(order -> order.references().subsetOf(eval.child().outputSet()));
  }

  /**
   * Whether a shuffle below leaves what a node computes: not a row's file, its partition or a
   * random number.
   */
  private static boolean keepsItsValues(LogicalPlan node) {
    return Scala.<Expression>list(node.expressions()).stream()
        .noneMatch(
            expression -> expression.exists(Scala.function(LiftCalls::differsFromPlaceToPlace)));
  }

  private static boolean differsFromPlaceToPlace(Expression part) {
    return !(part instanceof ReckonCall)
        && !part.deterministic()
        && Scala.<Expression>list(part.children()).stream().allMatch(Expression::deterministic);
  }

  private static LogicalPlan over(LogicalPlan node, LogicalPlan child) {
    return node.withNewChildren(Scala.seq(List.of(child)));
  }

  /** What a column of a projection stands for; any other expression as it is. */
  private static Expression source(Expression part, Project project) {
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

  private static boolean hasCall(Expression expression) {
    return expression.exists(Scala.function(part -> part instanceof ReckonCall));
  }

  private static List<Expression> conjuncts(Expression condition) {
    List<Expression> all = new ArrayList<>();
    if (condition instanceof And and) {
      all.addAll(conjuncts(and.left()));
      all.addAll(conjuncts(and.right()));
    } else {
      all.add(condition);
    }
    return all;
  }

  private static Expression conjunction(List<Expression> conditions) {
    return conditions.stream().reduce(And::new).orElseThrow();
  }

  private static Alias alias(Expression expression, String name) {
    return new Alias(
        expression,
        name,
        NamedExpression$.MODULE$.newExprId(),
        Scala.seq(List.<String>of()),
        Option.empty(),
        Scala.seq(List.<String>of()));
  }
}

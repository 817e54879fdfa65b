package io.reckon.udfs.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.ConditionalExpression;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.LambdaFunction;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Subquery;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.Option;

/**
 * Lifts calls out of the expressions of a node into a {@link ReckonEval} below it, as Spark does
 * with Python's functions. Equal calls of a node become one. What is only evaluated for some rows
 * stays where it is (a branch of a CASE, a lambda), so that no row is asked in vain; for the same
 * reason other conditions of a filter go below.
 */
final class LiftCalls extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return plan instanceof Subquery subquery && subquery.correlated()
        ? liftBelowValue(plan)
        : plan.transformUp(Scala.total(LiftCalls::lift));
  }

  /**
   * Spark computes by itself what a correlated subquery gives for no rows, and knows the nodes by
   * which it does; calls in these are lifted once the subquery has become a join.
   */
  private static LogicalPlan liftBelowValue(LogicalPlan node) {
    return node.children().size() == 1
        ? node.mapChildren(Scala.function(LiftCalls::liftBelowValue))
        : node.transformUp(Scala.total(LiftCalls::lift));
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
    found.removeIf(call -> !call.references().subsetOf(node.children().head().outputSet()));
    // A branch in a prompt may hold a call that is lifted too: then it is asked no more there.
    if (found.stream().anyMatch(call -> !hasCall(call.prompt()))) {
      found.removeIf(call -> hasCall(call.prompt()));
    }
    Map<Expression, Alias> calls = new LinkedHashMap<>();
    for (ReckonCall call : found) {
      if (sameEngine(call, found.get(0))) {
        calls.computeIfAbsent(call.canonicalized(), same -> alias(call, "_" + call.name()));
      }
    }
    return calls;
  }

  private static boolean sameEngine(ReckonCall one, ReckonCall other) {
    return one.engine().equals(other.engine()) && one.engines().equals(other.engines());
  }

  /**
   * Adds the innermost calls that are evaluated for every row. Calls in a branch of their prompts
   * are not, and stay there.
   */
  private static void collect(Expression expression, List<ReckonCall> calls) {
    if (expression instanceof LambdaFunction) {
      return;
    }
    int before = calls.size();
    for (Expression part : alwaysEvaluated(expression)) {
      collect(part, calls);
    }
    if (expression instanceof ReckonCall call && calls.size() == before) {
      calls.add(call);
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

  static boolean hasCall(Expression expression) {
    return expression.exists(Scala.function(part -> part instanceof ReckonCall));
  }

  static List<Expression> conjuncts(Expression condition) {
    List<Expression> all = new ArrayList<>();
    if (condition instanceof And and) {
      all.addAll(conjuncts(and.left()));
      all.addAll(conjuncts(and.right()));
    } else {
      all.add(condition);
    }
    return all;
  }

  static Expression conjunction(List<Expression> conditions) {
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

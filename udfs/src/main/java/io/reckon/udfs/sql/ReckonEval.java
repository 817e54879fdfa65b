package io.reckon.udfs.sql;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import scala.Option;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * Every row of its child, in the same order, with the results of some calls beside its columns.
 * Public for Spark, which copies plans by reflection.
 */
public final class ReckonEval extends LogicalPlan implements UnaryNode {
  private final Seq<Alias> calls;
  private final LogicalPlan child;

  /**
   * @param calls {@link ReckonCall}s over the child's columns, each with the name of its result
   */
  public ReckonEval(Seq<Alias> calls, LogicalPlan child) {
    this.calls = calls;
    this.child = child;
  }

  Seq<Alias> calls() {
    return calls;
  }

  @Override
  public LogicalPlan child() {
    return child;
  }

  @Override
  public Seq<Attribute> output() {
    return CallOutput.of(child.output(), calls);
  }

  @Override
  public AttributeSet producedAttributes() {
    return CallOutput.produced(calls);
  }

  @Override
  public Option<Object> maxRows() {
    return child.maxRows();
  }

  @Override
  public Option<Object> maxRowsPerPartition() {
    return child.maxRowsPerPartition();
  }

  @Override
  public Seq<LogicalPlan> children() {
    return Scala.seq(List.of(child));
  }

  @Override
  public ReckonEval withNewChildInternal(LogicalPlan newChild) {
    return new ReckonEval(calls, newChild);
  }

  @Override
  public ReckonEval withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return withNewChildInternal(children.head());
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ReckonEval;
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int index) {
    return index == 0 ? calls : child;
  }

  /** Over what {@code TreeNode} hashes: the product elements. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ReckonEval node && calls.equals(node.calls) && child.equals(node.child);
  }
}

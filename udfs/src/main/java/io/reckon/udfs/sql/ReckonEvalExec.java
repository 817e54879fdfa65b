package io.reckon.udfs.sql;

import io.reckon.udfs.GpuStage;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.UnaryExecNode;
import org.apache.spark.sql.execution.metric.SQLMetric;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Map;
import scala.collection.immutable.Seq;

/**
 * Evaluates calls for many rows of a partition at a time and keeps the rows' order. Public for
 * Spark, which copies plans by reflection.
 */
public final class ReckonEvalExec extends SparkPlan implements UnaryExecNode {
  private static final long serialVersionUID = 1L;

  private final Seq<Alias> calls;
  private final SparkPlan child;

  /** Made when somebody first asks: planning makes many copies of a node. */
  private transient CallMetrics callMetrics;

  /**
   * @param calls as {@link ReckonEval} has them
   */
  public ReckonEvalExec(Seq<Alias> calls, SparkPlan child) {
    this.calls = calls;
    this.child = child;
  }

  @Override
  public RDD<InternalRow> doExecute() {
    List<ReckonCall> asked =
        Scala.<Alias>list(calls).stream().map(alias -> (ReckonCall) alias.child()).toList();
    EvaluateCalls evaluate = new EvaluateCalls(asked, child.output(), output(), callMetrics());
    JavaRDD<InternalRow> rows = child.execute().toJavaRDD().mapPartitionsWithIndex(evaluate, true);
    return GpuStage.of(sparkContext()).on(rows).rdd();
  }

  @Override
  public Map<String, SQLMetric> metrics() {
    return callMetrics().byName();
  }

  @Override
  public SparkPlan child() {
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
  public Partitioning outputPartitioning() {
    return child.outputPartitioning();
  }

  @Override
  public Seq<SortOrder> outputOrdering() {
    return child.outputOrdering();
  }

  @Override
  public Seq<SparkPlan> children() {
    return Scala.seq(List.of(child));
  }

  @Override
  public ReckonEvalExec withNewChildInternal(SparkPlan newChild) {
    return new ReckonEvalExec(calls, newChild);
  }

  @Override
  public ReckonEvalExec withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return withNewChildInternal(children.head());
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ReckonEvalExec;
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
    return other instanceof ReckonEvalExec node
        && calls.equals(node.calls)
        && child.equals(node.child);
  }

  private synchronized CallMetrics callMetrics() {
    if (callMetrics == null) {
      callMetrics = CallMetrics.register(sparkContext());
    }
    return callMetrics;
  }
}

package io.reckon.udfs.sql;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Statistics;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import scala.Option;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.OptionConverters;
import scala.math.BigInt;

/**
 * Every row of its child, in the same order, with the results of some calls beside its columns.
 * Public for Spark, which copies plans by reflection.
 */
public final class ReckonEval extends LogicalPlan implements UnaryNode {
  /** Some four are an English text's; what is parsed of an answer is there twice. */
  private static final int BYTES_OF_TOKEN = 8;

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

  /**
   * With answers as long as they may become. Where nobody knows how many rows there are it is as
   * large as what Spark knows nothing of: small prompts say nothing of their answers.
   */
  @Override
  public Statistics stats() {
    Statistics prompts = child.stats();
    BigInt size =
        mostRows(prompts)
            .map(rows -> prompts.sizeInBytes().$plus(rows.$times(BigInt.apply(bytesOfAnswers()))))
            .orElseGet(() -> BigInt.apply(conf().defaultSizeInBytes()));
    return prompts.copy(size, prompts.rowCount(), prompts.attributeStats(), false);
  }

  private Optional<BigInt> mostRows(Statistics prompts) {
    return OptionConverters.toJava(prompts.rowCount())
        .or(() -> OptionConverters.toJava(maxRows()).map(rows -> BigInt.apply((Long) rows)));
  }

  /** Of a row. */
  private long bytesOfAnswers() {
    return Scala.<Alias>list(calls).stream()
        .map(call -> ((ReckonCall) call.child()).plan().sampling())
        .mapToLong(sampling -> (long) sampling.maxNewTokens() * BYTES_OF_TOKEN)
        .sum();
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

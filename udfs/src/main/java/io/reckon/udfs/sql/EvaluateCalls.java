package io.reckon.udfs.sql;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection$;
import org.apache.spark.sql.types.DataType;
import scala.collection.immutable.Seq;

/** What {@link ReckonEvalExec} does with a partition: rows in, rows with the calls' results out. */
final class EvaluateCalls
    implements Function2<Integer, Iterator<InternalRow>, Iterator<InternalRow>> {
  private static final long serialVersionUID = 1L;

  private final List<ReckonCall> calls;
  private final Seq<Attribute> input;
  private final Seq<Attribute> output;
  private final CallMetrics metrics;

  /**
   * @param calls over the columns of {@code input}
   * @param output those of {@code input}, then one for each call
   */
  EvaluateCalls(
      List<ReckonCall> calls, Seq<Attribute> input, Seq<Attribute> output, CallMetrics metrics) {
    this.calls = calls;
    this.input = input;
    this.output = output;
    this.metrics = metrics;
  }

  @Override
  public Iterator<InternalRow> call(Integer partition, Iterator<InternalRow> rows) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    List<Expression> arguments = calls.stream().map(ReckonCall::prompt).toList();
    UnsafeProjection prompts =
        UnsafeProjection$.MODULE$.create(Scala.<Expression>seq(arguments), input);
    prompts.initialize(partition);
    UnsafeProjection result =
        UnsafeProjection$.MODULE$.create(Scala.<Expression>seq(Scala.list(output)), output);
    List<AskedCall> asked = calls.stream().map(AskedCall::of).toList();
    return new AnsweredRows(TaskContext.get(), rows, asked, prompts, result, metrics);
  }

  /**
   * A call, ready to ask.
   *
   * @param type of its prompts
   */
  record AskedCall(ReckonCall call, DataType type, PromptReader prompts, AnswerStruct structs) {
    private static AskedCall of(ReckonCall call) {
      DataType type = call.prompt().dataType();
      return new AskedCall(
          call, type, new PromptReader(call.plan(), type), new AnswerStruct(call.plan().parsed()));
    }
  }
}

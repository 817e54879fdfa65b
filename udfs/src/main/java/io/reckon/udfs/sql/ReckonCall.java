package io.reckon.udfs.sql;

import io.reckon.engine.api.EngineException;
import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.EngineSettings;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult.TypeCheckFailure;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult.TypeCheckSuccess$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.UserDefinedExpression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * A call of one of the functions. Where {@link LiftCalls} has not lifted it out of its expression,
 * it asks for the one row that it is evaluated for, and waits.
 *
 * <p>It counts as non-deterministic, so that Spark does not evaluate it again where it is used
 * twice; as unevaluable, so that the optimizer does not evaluate it on the driver.
 */
public final class ReckonCall extends Expression
    implements Unevaluable, CodegenFallback, UserDefinedExpression, Serializable {
  private static final long serialVersionUID = 1L;

  private final ReckonFunction function;
  private final Seq<Expression> arguments;
  private final EngineSettings engine;
  private final EngineFactory engines;

  private transient CallPlan plan;
  private transient RowByRow rowByRow;

  ReckonCall(
      ReckonFunction function,
      Seq<Expression> arguments,
      EngineSettings engine,
      EngineFactory engines) {
    this.function = function;
    this.arguments = arguments;
    this.engine = engine;
    this.engines = engines;
  }

  /** What differs from row to row: a text or a conversation. */
  Expression prompt() {
    return arguments.apply(0);
  }

  /** What is the same for all rows. */
  CallPlan plan() {
    if (plan == null) {
      plan = CallArguments.plan(function, Scala.list(arguments));
    }
    return plan;
  }

  EngineSettings engine() {
    return engine;
  }

  EngineFactory engines() {
    return engines;
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    try {
      plan();
      return TypeCheckSuccess$.MODULE$;
    } catch (EngineException e) {
      return new TypeCheckFailure(e.getMessage());
    }
  }

  @Override
  public DataType dataType() {
    return plan().type();
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public boolean deterministic() {
    return false;
  }

  @Override
  public boolean foldable() {
    return false;
  }

  @Override
  public String name() {
    return function.sqlName();
  }

  @Override
  public String prettyName() {
    return function.sqlName();
  }

  @Override
  public Object eval(InternalRow row) {
    if (rowByRow == null) {
      rowByRow = new RowByRow(engine, engines, plan(), prompt().dataType());
    }
    return rowByRow.answer(prompt().eval(row));
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return CodegenFallback.super.doGenCode(context, code);
  }

  @Override
  public Seq<Expression> children() {
    return arguments;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new ReckonCall(function, children.toList(), engine, engines);
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ReckonCall;
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int index) {
    return List.of(function, arguments, engine, engines).get(index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReckonCall call
        && function == call.function
        && arguments.equals(call.arguments)
        && engine.equals(call.engine)
        && engines.equals(call.engines);
  }

  @Override
  public int hashCode() {
    return Objects.hash(function, arguments, engine, engines);
  }

  @Override
  public String toString() {
    return function.sqlName() + arguments.mkString("(", ", ", ")");
  }
}

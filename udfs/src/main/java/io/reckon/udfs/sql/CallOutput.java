package io.reckon.udfs.sql;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.immutable.Seq;

/** The columns of a node that evaluates calls. */
final class CallOutput {
  private CallOutput() {}

  static Seq<Attribute> of(Seq<Attribute> childOutput, Seq<Alias> calls) {
    return Scala.seq(
        Stream.concat(
                Scala.<Attribute>list(childOutput).stream(),
                Scala.<Attribute>list(results(calls)).stream())
            .toList());
  }

  static AttributeSet produced(Seq<Alias> calls) {
    List<Expression> results =
        Scala.<Attribute>list(results(calls)).stream().map(result -> (Expression) result).toList();
    return AttributeSet$.MODULE$.apply(Scala.<Expression>seq(results));
  }

  static Seq<Attribute> results(Seq<Alias> calls) {
    List<Attribute> results = Scala.<Alias>list(calls).stream().map(Alias::toAttribute).toList();
    return Scala.seq(results);
  }
}

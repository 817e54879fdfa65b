package io.reckon.udfs.sql;

import io.reckon.udfs.PromptRow;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Makes prompts of the values that a call's first argument has. */
final class PromptReader {
  private final CallPlan plan;
  private final boolean isText;
  private final Function1<Object, Object> toJava;

  /**
   * @param type one that {@link #reads}
   */
  PromptReader(CallPlan plan, DataType type) {
    this.plan = plan;
    this.isText = type instanceof StringType;
    this.toJava = CatalystTypeConverters.createToScalaConverter(type);
  }

  /** Whether values of a type are prompts: texts, or conversations where those are taken. */
  static boolean reads(DataType type, boolean conversations) {
    return type instanceof StringType
        || (conversations
            && type instanceof ArrayType list
            && list.elementType() instanceof StructType message
            && List.of(message.fieldNames()).equals(List.of("role", "content"))
            && message.apply("role").dataType() instanceof StringType
            && message.apply("content").dataType() instanceof StringType);
  }

  /**
   * A row of {@link PromptRow#SCHEMA}.
   *
   * @param value a Catalyst value, not null
   */
  Row prompt(Object value) {
    List<Row> turns = new ArrayList<>();
    if (isText) {
      turns.add(RowFactory.create("user", plan.instruction() + toJava.apply(value)));
    } else {
      CollectionConverters.asJava((Seq<?>) toJava.apply(value))
          .forEach(turn -> turns.add((Row) turn));
    }
    if (!plan.system().isEmpty() && !beginsWithSystem(turns)) {
      turns.add(0, RowFactory.create("system", plan.system()));
    }
    // A turn may be null: that is the row's own error.
    return RowFactory.create("", CollectionConverters.asScala(turns).toSeq());
  }

  private static boolean beginsWithSystem(List<Row> turns) {
    return !turns.isEmpty() && turns.get(0) != null && "system".equals(turns.get(0).getString(0));
  }
}

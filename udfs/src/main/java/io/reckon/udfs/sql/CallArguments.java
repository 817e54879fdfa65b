package io.reckon.udfs.sql;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.OutputConstraint.Choice;
import io.reckon.engine.api.OutputConstraint.JsonSchema;
import io.reckon.engine.constraint.Constraints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Reads the arguments of a call, on the driver, before anything runs. All but the first must be
 * constants.
 */
final class CallArguments {
  private final ReckonFunction function;
  private final List<Expression> arguments;

  private CallArguments(ReckonFunction function, List<Expression> arguments) {
    this.function = function;
    this.arguments = arguments;
  }

  /**
   * @throws EngineException {@code BAD_OPTION} where an argument is at fault
   */
  static CallPlan plan(ReckonFunction function, List<Expression> arguments) {
    CallArguments call = new CallArguments(function, arguments);
    CallPlan plan =
        switch (function) {
          case RECKON -> call.reckon();
          case CLASSIFY -> call.classify();
          case EXTRACT -> call.extract();
        };
    Constraints.check(plan.sampling().constraint());
    return plan;
  }

  private CallPlan reckon() {
    requireShape(1);
    return plan("", OutputConstraint.none(), StringType, 1);
  }

  private CallPlan classify() {
    requireShape(2);
    List<String> labels = labels();
    String instruction =
        "Which of these labels fits the text below: %s? Answer with the label and nothing else.\n\n"
            .formatted(String.join(", ", labels));
    return plan(instruction, new Choice(labels), StringType, 2);
  }

  private CallPlan extract() {
    requireShape(2);
    ExtractSchema schema = ExtractSchema.parse(constantText(1));
    String instruction =
        "Extract from the text below what this JSON schema asks for. Answer with JSON and nothing else.\n%s\n\n"
            .formatted(schema.jsonSchema());
    return plan(instruction, new JsonSchema(schema.jsonSchema()), schema.type(), 2);
  }

  private CallPlan plan(
      String instruction, OutputConstraint constraint, DataType parsed, int optionsAt) {
    CallOptions options =
        arguments.size() > optionsAt ? CallOptions.parse(constantMap(optionsAt)) : CallOptions.NONE;
    return new CallPlan(options.system(), instruction, options.sampling(constraint), parsed);
  }

  /**
   * @param required arguments; one more may follow, the options
   */
  private void requireShape(int required) {
    if (arguments.size() < required || arguments.size() > required + 1) {
      throw bad("has %d arguments".formatted(arguments.size()));
    }
    DataType type = arguments.get(0).dataType();
    boolean conversations = function == ReckonFunction.RECKON;
    if (!PromptReader.reads(type, conversations)) {
      throw bad(
          "has a first argument of type %s; give it a STRING%s"
              .formatted(
                  type.sql(),
                  conversations ? ", or an ARRAY<STRUCT<role: STRING, content: STRING>>" : ""));
    }
  }

  private List<String> labels() {
    if (!(arguments.get(1).dataType() instanceof ArrayType list)
        || !(list.elementType() instanceof StringType)) {
      throw bad("takes its labels as an array of texts");
    }
    List<String> labels = new ArrayList<>();
    for (Object label : CollectionConverters.asJava((scala.collection.Seq<?>) constant(1))) {
      if (label == null) {
        throw bad("has a label that is null");
      }
      labels.add((String) label);
    }
    return labels;
  }

  private String constantText(int index) {
    if (!(arguments.get(index).dataType() instanceof StringType)) {
      throw bad("takes text as argument %d".formatted(index + 1));
    }
    return (String) constant(index);
  }

  private Map<String, String> constantMap(int index) {
    if (!(arguments.get(index).dataType() instanceof MapType type)
        || !(type.keyType() instanceof StringType)) {
      throw bad("takes its options as a map, like map('temperature', '0.5')");
    }
    Map<String, String> options = new LinkedHashMap<>();
    CollectionConverters.asJava((scala.collection.Map<?, ?>) constant(index))
        .forEach((key, value) -> options.put((String) key, String.valueOf(value)));
    return options;
  }

  private Object constant(int index) {
    Expression argument = arguments.get(index);
    if (!argument.foldable()) {
      throw bad(
          "has argument %d from a column (%s); it must be the same for all rows"
              .formatted(index + 1, argument.sql()));
    }
    Object value = CatalystTypeConverters.convertToScala(argument.eval(null), argument.dataType());
    if (value == null) {
      throw bad("has null as argument %d".formatted(index + 1));
    }
    return value;
  }

  private EngineException bad(String what) {
    return new EngineException(
        ErrorCode.BAD_OPTION,
        "%s %s; call it as %s".formatted(function.sqlName(), what, function.form()));
  }
}

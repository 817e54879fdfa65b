package io.reckon.udfs.sql;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/**
 * What {@code reckon_extract} is asked for.
 *
 * @param jsonSchema what the answer is held to
 * @param type of the parsed answer: the columns that were asked for; text for a JSON schema
 */
record ExtractSchema(String jsonSchema, DataType type) {
  /**
   * Reads a JSON schema, or columns as in {@code CREATE TABLE}. Every column is written; one that
   * may be null may be written as null.
   *
   * @throws EngineException {@code BAD_OPTION} where it is neither, or a column has a type that
   *     JSON has no form for
   */
  static ExtractSchema parse(String text) {
    if (text.stripLeading().startsWith("{")) {
      return new ExtractSchema(text, DataTypes.StringType);
    }
    StructType columns = columns(text);
    // JSON may say what a type can't hold, such as a number beyond BIGINT: Spark then gives null.
    return new ExtractSchema(object(columns), columns.asNullable());
  }

  private static StructType columns(String text) {
    try {
      return StructType.fromDDL(text);
    } catch (Exception e) {
      // Spark's parser throws a checked exception that its signature does not declare.
      throw bad(
          "the schema '%s' is neither a JSON schema nor columns, like 'name STRING, age INT'"
              .formatted(text));
    }
  }

  private static String object(StructType columns) {
    String properties =
        Arrays.stream(columns.fields())
            .map(column -> quoted(column.name()) + ":" + value(column))
            .collect(Collectors.joining(","));
    String required =
        Arrays.stream(columns.fieldNames())
            .map(ExtractSchema::quoted)
            .collect(Collectors.joining(","));
    return "{\"type\":\"object\",\"properties\":{%s},\"required\":[%s],\"additionalProperties\":false}"
        .formatted(properties, required);
  }

  private static String value(StructField column) {
    String schema = schema(column.dataType(), column.name());
    return column.nullable() ? "{\"anyOf\":[%s,{\"type\":\"null\"}]}".formatted(schema) : schema;
  }

  private static String schema(DataType type, String column) {
    if (type instanceof StructType struct) {
      return object(struct);
    }
    if (type instanceof ArrayType list) {
      return "{\"type\":\"array\",\"items\":%s}".formatted(schema(list.elementType(), column));
    }
    return "{%s}".formatted(scalar(type, column));
  }

  private static String scalar(DataType type, String column) {
    if (type instanceof StringType) {
      return "\"type\":\"string\"";
    }
    if (type instanceof BooleanType) {
      return "\"type\":\"boolean\"";
    }
    if (type instanceof DoubleType || type instanceof FloatType) {
      return "\"type\":\"number\"";
    }
    if (type instanceof DateType) {
      return "\"type\":\"string\",\"format\":\"date\"";
    }
    if (type instanceof TimestampType) {
      return "\"type\":\"string\",\"format\":\"date-time\"";
    }
    return integer(type, column);
  }

  private static String integer(DataType type, String column) {
    if (type instanceof LongType) {
      return "\"type\":\"integer\"";
    }
    if (type instanceof IntegerType) {
      return integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type instanceof ShortType) {
      return integer(Short.MIN_VALUE, Short.MAX_VALUE);
    }
    if (type instanceof ByteType) {
      return integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    throw bad(
        "column %s has type %s; take STRING, BOOLEAN, a whole number, FLOAT, DOUBLE, DATE, TIMESTAMP, ARRAY or STRUCT"
            .formatted(column, type.sql()));
  }

  private static String integer(int least, int most) {
    return "\"type\":\"integer\",\"minimum\":%d,\"maximum\":%d".formatted(least, most);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }
}

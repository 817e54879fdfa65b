package io.reckon.udfs.journal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Spark's types as Arrow's: those that a prompt or a generation is made of. Spark's own translation
 * is internal to it and changes between its releases.
 */
final class ArrowSchema {
  private ArrowSchema() {}

  static Schema of(StructType type, Map<String, String> metadata) {
    return new Schema(fields(type), metadata);
  }

  private static List<Field> fields(StructType type) {
    return Arrays.stream(type.fields())
        .map(field -> field(field.name(), field.dataType(), field.nullable()))
        .toList();
  }

  private static Field field(String name, DataType type, boolean nullable) {
    return new Field(name, new FieldType(nullable, arrowType(type), null), children(type));
  }

  private static ArrowType arrowType(DataType type) {
    if (type instanceof StringType) {
      return ArrowType.Utf8.INSTANCE;
    } else if (type instanceof BooleanType) {
      return ArrowType.Bool.INSTANCE;
    } else if (type instanceof IntegerType) {
      return new ArrowType.Int(Integer.SIZE, true);
    } else if (type instanceof LongType) {
      return new ArrowType.Int(Long.SIZE, true);
    } else if (type instanceof FloatType) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    } else if (type instanceof DoubleType) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    } else if (type instanceof StructType) {
      return ArrowType.Struct.INSTANCE;
    } else if (type instanceof ArrayType) {
      return ArrowType.List.INSTANCE;
    } else if (type instanceof MapType) {
      return new ArrowType.Map(false);
    }
    throw new IllegalArgumentException("no column of a journal has type " + type.sql());
  }

  private static List<Field> children(DataType type) {
    if (type instanceof StructType struct) {
      return fields(struct);
    } else if (type instanceof ArrayType array) {
      return List.of(field("element", array.elementType(), array.containsNull()));
    } else if (type instanceof MapType map) {
      Field key = field(MapVector.KEY_NAME, map.keyType(), false);
      Field value = field(MapVector.VALUE_NAME, map.valueType(), map.valueContainsNull());
      FieldType entry = FieldType.notNullable(ArrowType.Struct.INSTANCE);
      return List.of(new Field(MapVector.DATA_VECTOR_NAME, entry, List.of(key, value)));
    }
    return List.of();
  }
}

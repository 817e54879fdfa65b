package io.reckon.udfs.journal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.jdk.javaapi.CollectionConverters;

/** Single values in and out of Arrow's vectors, as a {@link Row} holds them. */
final class ArrowValues {
  private ArrowValues() {}

  /** Puts a value, or null, at a place of a vector. */
  static void set(FieldVector vector, int index, Object value) {
    if (value == null) {
      vector.setNull(index);
    } else if (vector instanceof VarCharVector texts) {
      texts.setSafe(index, ((String) value).getBytes(StandardCharsets.UTF_8));
    } else if (vector instanceof BitVector bits) {
      bits.setSafe(index, (Boolean) value ? 1 : 0);
    } else if (vector instanceof IntVector numbers) {
      numbers.setSafe(index, (Integer) value);
    } else if (vector instanceof BigIntVector numbers) {
      numbers.setSafe(index, (Long) value);
    } else if (vector instanceof Float4Vector numbers) {
      numbers.setSafe(index, (Float) value);
    } else if (vector instanceof Float8Vector numbers) {
      numbers.setSafe(index, (Double) value);
    } else if (vector instanceof MapVector maps) {
      setEntries(maps, index, map(value));
    } else if (vector instanceof ListVector lists) {
      setElements(lists, index, list(value));
    } else {
      setFields((StructVector) vector, index, (Row) value);
    }
  }

  private static void setFields(StructVector vector, int index, Row row) {
    vector.setIndexDefined(index);
    for (int i = 0; i < row.length(); i++) {
      set((FieldVector) vector.getChildByOrdinal(i), index, row.get(i));
    }
  }

  private static void setElements(ListVector vector, int index, List<?> elements) {
    int place = vector.startNewValue(index);
    for (Object element : elements) {
      set(vector.getDataVector(), place++, element);
    }
    vector.endValue(index, elements.size());
  }

  private static void setEntries(MapVector vector, int index, Map<?, ?> entries) {
    StructVector pairs = (StructVector) vector.getDataVector();
    int place = vector.startNewValue(index);
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      setFields(pairs, place++, RowFactory.create(entry.getKey(), entry.getValue()));
    }
    vector.endValue(index, entries.size());
  }

  /** The value at a place of a vector; null where there is none. */
  static Object get(FieldVector vector, int index) {
    if (vector.isNull(index)) {
      return null;
    } else if (vector instanceof VarCharVector texts) {
      return new String(texts.get(index), StandardCharsets.UTF_8);
    } else if (vector instanceof BitVector bits) {
      return bits.get(index) == 1;
    } else if (vector instanceof MapVector maps) {
      return entries(maps, index);
    } else if (vector instanceof ListVector lists) {
      return elements(lists, index);
    } else if (vector instanceof StructVector structs) {
      return fields(structs, index);
    }
    return vector.getObject(index);
  }

  private static Row fields(StructVector vector, int index) {
    return RowFactory.create(
        vector.getChildrenFromFields().stream().map(child -> get(child, index)).toArray());
  }

  private static Object elements(ListVector vector, int index) {
    List<Object> elements = new ArrayList<>();
    for (int i = vector.getElementStartIndex(index); i < vector.getElementEndIndex(index); i++) {
      elements.add(get(vector.getDataVector(), i));
    }
    return CollectionConverters.asScala(elements).toSeq();
  }

  private static Object entries(MapVector vector, int index) {
    StructVector pairs = (StructVector) vector.getDataVector();
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (int i = vector.getElementStartIndex(index); i < vector.getElementEndIndex(index); i++) {
      Row pair = fields(pairs, i);
      entries.put(pair.get(0), pair.get(1));
    }
    return CollectionConverters.asScala(entries);
  }

  private static List<?> list(Object value) {
    if (value instanceof scala.collection.Seq<?> elements) {
      return CollectionConverters.asJava(elements);
    }
    return value instanceof Object[] array ? Arrays.asList(array) : (List<?>) value;
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof scala.collection.Map<?, ?> entries
        ? CollectionConverters.asJava(entries)
        : (Map<?, ?>) value;
  }
}

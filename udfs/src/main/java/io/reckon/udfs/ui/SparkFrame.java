package io.reckon.udfs.ui;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils;
import scala.Function0;
import scala.collection.immutable.Seq;
import scala.xml.Node;

/**
 * What Spark has around each of its pages: style and navigation. The method that makes it takes
 * more arguments with every version, all but the first four with a default, so it is called by
 * name.
 */
final class SparkFrame {
  private static final String NAME = "headerSparkPage";
  private static final int GIVEN = 4;

  private final Method method;
  private final Object[] defaults;

  private SparkFrame(Method method, Object[] defaults) {
    this.method = method;
    this.defaults = defaults;
  }

  /**
   * @throws IllegalStateException where this Spark has no such method
   */
  static SparkFrame find() {
    Method method =
        Arrays.stream(UIUtils.class.getMethods())
            .filter(candidate -> candidate.getName().equals(NAME))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no method " + NAME));
    Object[] defaults = new Object[method.getParameterCount()];
    try {
      for (int i = GIVEN; i < defaults.length; i++) {
        defaults[i] = UIUtils.class.getMethod(NAME + "$default$" + (i + 1)).invoke(null);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(NAME + " is not as expected: " + e, e);
    }
    return new SparkFrame(method, defaults);
  }

  @SuppressWarnings("unchecked")
  Seq<Node> around(HttpServletRequest request, String title, Seq<Node> content, SparkUITab tab) {
    Object[] arguments = defaults.clone();
    arguments[0] = request;
    arguments[1] = title;
    arguments[2] = (Function0<Seq<Node>>) () -> content;
    arguments[3] = tab;
    try {
      return (Seq<Node>) method.invoke(null, arguments);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("Spark's frame of a page cannot be made", e);
    }
  }
}

package io.reckon.udfs.sql;

import java.util.List;
import java.util.function.Function;
import scala.Function1;
import scala.PartialFunction;
import scala.PartialFunction$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/** Java values as Catalyst wants them, and back. */
final class Scala {
  private Scala() {}

  static <T> List<T> list(scala.collection.Seq<? extends T> seq) {
    return List.copyOf(CollectionConverters.asJava(seq));
  }

  static <T> Seq<T> seq(List<? extends T> list) {
    return CollectionConverters.<T>asScala(List.<T>copyOf(list)).toList();
  }

  static <A, R> Function1<A, R> function(Function<A, R> function) {
    return new AbstractFunction1<>() {
      @Override
      public R apply(A argument) {
        return function.apply(argument);
      }
    };
  }

  /** A function that is defined everywhere. */
  static <A, R> PartialFunction<A, R> total(Function<A, R> function) {
    return PartialFunction$.MODULE$.fromFunction(function(function));
  }
}

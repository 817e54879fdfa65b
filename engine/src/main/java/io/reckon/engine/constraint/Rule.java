package io.reckon.engine.constraint;

/** A named expression, which may refer to itself. */
final class Rule {
  private final String name;
  private Expression body;
  private int distance = Expression.NEVER;

  Rule(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  Expression body() {
    return body;
  }

  void define(Expression expression) {
    body = expression;
  }

  int distance() {
    return distance;
  }

  void setDistance(int value) {
    distance = value;
  }
}

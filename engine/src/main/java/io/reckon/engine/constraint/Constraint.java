package io.reckon.engine.constraint;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;

/**
 * A compiled constraint, shared by all answers that are held to it. Any thread may ask how long the
 * shortest answer is; all else belongs to the thread that makes the answers.
 */
public final class Constraint {
  private final TokenAutomaton automaton;
  private final ForcedTokens forced;
  private final Expression start;
  private final Expression startAfterReasoning;
  private final boolean json;
  private final int shortestAnswer;

  /**
   * @param json whether answers are JSON, and not text
   */
  Constraint(
      Expressions expressions,
      TokenAutomaton automaton,
      ForcedTokens forced,
      Expression start,
      boolean json) {
    this.automaton = automaton;
    this.forced = forced;
    this.start = start;
    this.startAfterReasoning = afterReasoning(expressions, start);
    this.json = json;
    this.shortestAnswer = start.distance();
  }

  /** Models write up to two line ends after their reasoning, where these can be told apart. */
  private static Expression afterReasoning(Expressions expressions, Expression start) {
    boolean mayBegin =
        start.isNullable() || expressions.derivative(start, '\n').distance() < Expression.NEVER;
    return mayBegin
        ? start
        : expressions.sequence(expressions.repeat(expressions.literal("\n"), 0, 2), start);
  }

  /** Tokens that are enough for the shortest answer. */
  public int shortestAnswer() {
    return shortestAnswer;
  }

  /**
   * Begins an answer.
   *
   * @param afterReasoning whether it follows reasoning, so that line ends may come before it
   */
  public ConstraintRun begin(boolean afterReasoning) {
    return new ConstraintRun(
        this,
        afterReasoning ? startAfterReasoning : start,
        afterReasoning && start != startAfterReasoning);
  }

  Expression start() {
    return start;
  }

  TokenAutomaton automaton() {
    return automaton;
  }

  int[] forcedTokens(Expression state) {
    return forced.in(state);
  }

  /** An answer as a JSON value. */
  String parsed(byte... answer) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return json ? text : TextNode.valueOf(text).toString();
  }

  byte[] bytes(int token) {
    return automaton.bytes(token);
  }
}

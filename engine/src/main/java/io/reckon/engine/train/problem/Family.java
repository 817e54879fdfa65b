package io.reckon.engine.train.problem;

import java.util.Locale;

/** What kind of problem a prompt poses. */
public enum Family {
  /** Two numbers of 1 to 8 digits. */
  ADDITION,
  /** Two numbers of 1 to 8 digits; the difference may be negative. */
  SUBTRACTION,
  /** Two numbers of 1 to 3 digits. */
  MULTIPLICATION,
  /** A number of 1 to 6 digits by 2 to 12, with the remainder. */
  DIVISION,
  /** Two integers, decimals or fractions. */
  COMPARISON,
  /** Whether 2 to 12 divides a number of 1 to 6 digits. */
  DIVISIBILITY,
  /** Of two numbers from 2 to 99. */
  GREATEST_COMMON_DIVISOR,
  /** Two to five operators with parentheses. */
  EXPRESSION,
  /** A linear equation with an integer solution. */
  EQUATION,
  /** A short story that needs two or three operations. */
  WORD_PROBLEM,
  /** Whether somebody's answer to a problem is right. */
  GRADING,
  /** Anything that is none of the above. */
  REFUSAL;

  /** The name in lower case with underscores, as data files carry it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

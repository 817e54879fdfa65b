/**
 * The problems the built-in model learns: what is asked, in which words, and the steps to the
 * answer.
 *
 * <p>{@link io.reckon.engine.train.problem.ProblemGenerator} draws them from a seed. Each family
 * has one class that draws its operands, words the question and has a {@code Worksheet} write the
 * steps. All families share the routines of the worksheet, so a column added in a word problem is
 * learned from every sum.
 */
package io.reckon.engine.train.problem;

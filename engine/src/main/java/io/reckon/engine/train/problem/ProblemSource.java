package io.reckon.engine.train.problem;

/** Draws problems of one family. */
@FunctionalInterface
interface ProblemSource {
  Problem draw(Randomness random);
}

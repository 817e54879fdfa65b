package io.reckon.engine;

import io.reckon.engine.schedule.Sequence;

/**
 * Rows of one sequence that attend together.
 *
 * @param from position of the first row
 * @param rows how many rows there are, apart from padding
 * @param samples whether the last row is scored
 */
record Block(Sequence sequence, int from, int rows, boolean samples) {
  /** Pages that hold what any row sees. */
  int tiles(int pageTokens) {
    return last() / pageTokens + 1;
  }

  /** Whether every row sees all of a tile. */
  boolean seesAll(int tile, int pageTokens) {
    return (tile + 1) * pageTokens <= from;
  }

  /** Position of the last row. */
  int last() {
    return from + rows - 1;
  }

  int page(int tile) {
    return sequence.pages().page(tile);
  }
}

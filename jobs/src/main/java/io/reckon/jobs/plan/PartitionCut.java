package io.reckon.jobs.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Cuts cells into partitions of about the same number of expected tokens, the largest first.
 * Neighbouring cells share a partition until it is full; a cell that is more than a partition is
 * cut by a hash of its rows' ids. The same cells give the same cut.
 */
final class PartitionCut implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] cells;
  // By place in `cells`: the cell's partitions, from the first of its pieces on.
  private final int[][] pieces;
  private final int partitions;

  /**
   * A cell's share of the work.
   *
   * @param rows requests in it
   * @param tokens what they are expected to take
   */
  record Cell(int number, long rows, long tokens) {}

  /** A partition as it is being made: pieces of cells, by place, and their tokens together. */
  private record Draft(List<Integer> places, double tokens) {
    private static final Draft EMPTY = new Draft(List.of(), 0);

    private Draft with(int place, long more) {
      List<Integer> longer = new ArrayList<>(places);
      longer.add(place);
      return new Draft(longer, tokens + more);
    }
  }

  private PartitionCut(int[] cells, int[][] pieces, int partitions) {
    this.cells = cells;
    this.pieces = pieces;
    this.partitions = partitions;
  }

  /**
   * @param work the cells that hold work, each once
   * @param wanted about how many partitions, 1 or more
   */
  static PartitionCut of(List<Cell> work, int wanted) {
    List<Cell> ordered = work.stream().sorted(Comparator.comparingInt(Cell::number)).toList();
    double share = ordered.stream().mapToLong(Cell::tokens).sum() / (double) wanted;
    List<Draft> drafts = drafts(ordered, share);
    drafts.sort(Comparator.comparingDouble(Draft::tokens).reversed());
    return of(ordered, drafts);
  }

  private static List<Draft> drafts(List<Cell> ordered, double share) {
    List<Draft> drafts = new ArrayList<>();
    Draft open = Draft.EMPTY;
    for (int place = 0; place < ordered.size(); place++) {
      Cell cell = ordered.get(place);
      long count = Math.min(cell.rows(), Math.round(cell.tokens() / share));
      if (count > 1) {
        Draft piece = new Draft(List.of(place), cell.tokens() / (double) count);
        drafts.addAll(Collections.nCopies((int) count, piece));
        continue;
      }
      // Full where the cell would lie more beyond the share than before it.
      if (open.tokens() + cell.tokens() / 2.0 > share && !open.places().isEmpty()) {
        drafts.add(open);
        open = Draft.EMPTY;
      }
      open = open.with(place, cell.tokens());
    }
    if (!open.places().isEmpty()) {
      drafts.add(open);
    }
    return drafts;
  }

  private static PartitionCut of(List<Cell> ordered, List<Draft> drafts) {
    List<List<Integer>> pieces =
        ordered.stream().map(cell -> (List<Integer>) new ArrayList<Integer>()).toList();
    for (int partition = 0; partition < drafts.size(); partition++) {
      for (int place : drafts.get(partition).places()) {
        pieces.get(place).add(partition);
      }
    }
    return new PartitionCut(
        ordered.stream().mapToInt(Cell::number).toArray(),
        pieces.stream().map(PartitionCut::array).toArray(int[][]::new),
        drafts.size());
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** How many there are. */
  int partitions() {
    return partitions;
  }

  /**
   * The partition of a row, from 0 on.
   *
   * @param cell of the row; one that held no work when the cut was made has a partition too
   * @param idHash any hash of its id
   */
  int partition(int cell, long idHash) {
    int found = Arrays.binarySearch(cells, cell);
    int place = found >= 0 ? found : Math.min(-found - 1, cells.length - 1);
    int[] own = pieces[place];
    return own[(int) Math.floorMod(idHash, (long) own.length)];
  }
}

package io.reckon.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.plan.PartitionCut.Cell;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionCutTest {
  @Test
  void neighboursShareAPartitionUntilItIsFull() {
    PartitionCut cut =
        PartitionCut.of(List.of(cell(1, 10), cell(5, 10), cell(9, 10), cell(12, 10)), 2);

    assertThat(cut.partitions()).isEqualTo(2);
    assertThat(cut.partition(1, 0)).isEqualTo(cut.partition(5, 0));
    assertThat(cut.partition(9, 0)).isEqualTo(cut.partition(12, 0));
  }

  @Test
  void aCellThatIsMoreThanAPartitionIsCutByTheIds() {
    PartitionCut cut = PartitionCut.of(List.of(new Cell(7, 1000, 90_000), cell(8, 10_000)), 10);

    long[] rows = new long[cut.partitions()];
    new Random(1).longs(9000).forEach(hash -> rows[cut.partition(7, hash)]++);
    assertThat(cut.partitions()).isEqualTo(10);
    assertThat(Arrays.stream(rows).filter(count -> count > 0)).hasSize(9).allMatch(n -> n > 850);
  }

  @Test
  void theLargestPartitionComesFirst() {
    PartitionCut cut = PartitionCut.of(List.of(cell(1, 5), cell(2, 95), cell(3, 120)), 2);

    assertThat(cut.partition(3, 0)).isZero();
    assertThat(cut.partition(2, 0)).isEqualTo(1);
  }

  @Test
  void noPartitionIsFarFromItsShare() {
    Random random = new Random(3);
    List<Cell> cells =
        IntStream.range(0, 5000).mapToObj(i -> cell(i, 1 + random.nextInt(1000))).toList();
    PartitionCut cut = PartitionCut.of(cells, 40);

    long[] tokens = new long[cut.partitions()];
    cells.forEach(cell -> tokens[cut.partition(cell.number(), 0)] += cell.tokens());
    double share = Arrays.stream(tokens).sum() / 40.0;
    assertThat(cut.partitions()).isBetween(39, 41);
    assertThat(Arrays.stream(tokens, 0, 39)).allMatch(n -> Math.abs(n / share - 1) < 0.1);
    assertThat(tokens).isSortedAccordingTo(java.util.Comparator.<Long>reverseOrder());
  }

  @Test
  void noPieceIsWithoutARow() {
    PartitionCut cut = PartitionCut.of(List.of(new Cell(7, 3, 90_000)), 10);

    assertThat(cut.partitions()).isEqualTo(3);
  }

  @Test
  void aRowOfACellThatHeldNothingHasAPlaceToo() {
    PartitionCut cut = PartitionCut.of(List.of(cell(10, 5), cell(20, 5)), 2);

    assertThat(IntStream.of(0, 10, 15, 20, 99).map(cell -> cut.partition(cell, -7)))
        .allMatch(partition -> partition >= 0 && partition < 2);
  }

  private static Cell cell(int number, long tokens) {
    return new Cell(number, 10, tokens);
  }
}

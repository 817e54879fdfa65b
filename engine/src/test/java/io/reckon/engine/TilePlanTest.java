package io.reckon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.cache.PagePool;
import io.reckon.engine.cache.PageTable;
import io.reckon.engine.program.AttentionBlocks;
import io.reckon.engine.schedule.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TilePlanTest {
  private static final int PAGE = 4;

  private final PagePool pool = new PagePool(100, PAGE);

  @Test
  void sharesWhatFourOrMoreHaveInCommon() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      // Eight tokens in common for all, four more for the first five.
      blocks.add(decode(i < 5 ? 1 : 2, i, 13 + i));
    }
    TilePlan plan = new TilePlan(blocks, PAGE);
    AttentionBlocks attention = plan.attention();
    long first = blocks.get(0).page(0);
    long second = blocks.get(0).page(1);
    long third = blocks.get(0).page(2);
    long other = blocks.get(8).page(2);
    assertThat(attention.shared()).containsExactly(9, 2, first, second, 5, 1, third, 4, 1, other);
    assertThat(attention.members()).hasSize(18);
    assertThat(attention.tiles()).containsExactly(9, 5, 1);
    assertThat(attention.together()).containsExactly(3);
    assertThat(attention.owners()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 0);
    assertThat(attention.starts())
        .containsExactly(12, 12, 12, 12, 12, 12, 12, 12, 12, 16, 16, 16, 16, 16, 20);
    assertThat(attention.pages()[14]).isEqualTo(blocks.get(8).page(5));
    assertThat(plan.blocks().get(0)).isSameAs(blocks.get(8));
  }

  @Test
  void leavesAloneWhatFewHaveInCommonOrNotAllRowsSee() {
    List<Block> few = IntStream.range(0, 3).mapToObj(i -> decode(1, i, 13)).toList();
    assertThat(new TilePlan(few, PAGE).attention().shared()).isEmpty();
    Sequence sequence = few.get(0).sequence();
    List<Block> prefill =
        IntStream.range(0, 4).mapToObj(i -> new Block(sequence, 3 + i, 1, false)).toList();
    AttentionBlocks attention = new TilePlan(prefill, PAGE).attention();
    assertThat(attention.shared()).isEmpty();
    assertThat(attention.starts()).containsExactly(0, 0, 0, 0, 4, 4, 4);
  }

  @Test
  void takesAsManyTilesTogetherAsStayWithinTheLimit() {
    List<Block> few = IntStream.range(0, 10).mapToObj(i -> decode(1, i, 29)).toList();
    AttentionBlocks attention = new TilePlan(few, PAGE).attention();
    assertThat(attention.tiles()).containsExactly(10, 10, 10, 10, 10);
    assertThat(attention.together()).containsExactly(3, 2);
    assertThat(attention.pages()).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void takesNoBlocks() {
    assertThat(new TilePlan(List.of(), PAGE).attention().tiles()).isEmpty();
  }

  /** A sequence of 8 tokens that all have, 4 of its family, and its own; about to decode. */
  private Block decode(int family, int own, int length) {
    int[] tokens = new int[length];
    for (int i = 8; i < length; i++) {
      tokens[i] = i < 12 ? family : 100 + own;
    }
    PageTable pages = new PageTable(pool);
    int computed = pages.adopt(tokens, length, 0);
    assertThat(pages.reserve(length)).isTrue();
    pages.publish(tokens, Math.max(computed, length - 1));
    return new Block(new Sequence(tokens, pages), length - 1, 1, true);
  }
}

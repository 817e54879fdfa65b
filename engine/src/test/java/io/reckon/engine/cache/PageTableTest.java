package io.reckon.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageTableTest {
  private final PagePool pool = new PagePool(6, 4);

  @Test
  void takesPagesAsTokensNeedThem() {
    PageTable table = new PageTable(pool);
    assertThat(table.reserve(4)).isTrue();
    assertThat(pool.free()).isEqualTo(4);
    assertThat(table.reserve(5)).isTrue();
    assertThat(pool.free()).isEqualTo(3);
    assertThat(table.slot(5)).isEqualTo(table.page(1) * 4L + 1);
  }

  @Test
  void takesAllOrNothing() {
    PageTable table = new PageTable(pool);
    assertThat(table.reserve(21)).isFalse();
    assertThat(pool.free()).isEqualTo(5);
  }

  @Test
  void sharesFullPagesOfTheSameTokens() {
    PageTable first = published(1, 2, 3, 4, 5, 6, 7, 8, 9);
    PageTable second = new PageTable(pool);
    assertThat(second.adopt(new int[] {1, 2, 3, 4, 5, 6, 7, 9, 9}, 9, 0)).isEqualTo(4);
    assertThat(second.page(0)).isEqualTo(first.page(0));
    assertThat(new PageTable(pool).adopt(new int[] {2, 2, 3, 4, 5}, 5, 0)).isZero();
    assertThat(pool.free()).isEqualTo(2);
  }

  @Test
  void leavesATokenToCompute() {
    published(1, 2, 3, 4);
    assertThat(new PageTable(pool).adopt(new int[] {1, 2, 3, 4}, 4, 0)).isZero();
  }

  @Test
  void givesBackAPageThatAnotherHasPublishedMeanwhile() {
    PageTable first = new PageTable(pool);
    PageTable second = new PageTable(pool);
    assertThat(first.reserve(4) && second.reserve(4)).isTrue();
    first.publish(new int[] {1, 2, 3, 4}, 4);
    second.publish(new int[] {1, 2, 3, 4}, 4);
    assertThat(second.page(0)).isEqualTo(first.page(0));
    assertThat(pool.free()).isEqualTo(4);
  }

  @Test
  void keepsPagesThatNobodyHoldsUntilTheirRoomIsNeeded() {
    int[] old = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    int[] recent = {2, 2, 3, 4, 5};
    published(old).release();
    published(recent).release();
    assertThat(pool.free()).isEqualTo(5);
    PageTable other = new PageTable(pool);
    assertThat(other.reserve(4 * 3)).isTrue();
    assertThat(pool.evictions()).isEqualTo(1);
    assertThat(new PageTable(pool).adopt(old, 9, 0)).as("the first page is left").isEqualTo(4);
    assertThat(new PageTable(pool).adopt(recent, 5, 0)).isEqualTo(4);
    assertThat(other.reserve(4 * 4)).as("the rest is held").isFalse();
  }

  private PageTable published(int... tokens) {
    PageTable table = new PageTable(pool);
    assertThat(table.reserve(tokens.length)).isTrue();
    table.publish(tokens, tokens.length);
    return table;
  }

  @Test
  void neverGivesAPageTwiceNorTheScratchPage() {
    PageTable first = new PageTable(pool);
    PageTable second = new PageTable(pool);
    assertThat(first.reserve(12)).isTrue();
    assertThat(second.reserve(8)).isTrue();
    Set<Integer> pages = new HashSet<>(Set.of(0));
    for (int i = 0; i < 3; i++) {
      assertThat(pages.add(first.page(i))).isTrue();
    }
    for (int i = 0; i < 2; i++) {
      assertThat(pages.add(second.page(i))).isTrue();
    }
    first.release();
    first.release();
    assertThat(pool.free()).isEqualTo(3);
  }
}

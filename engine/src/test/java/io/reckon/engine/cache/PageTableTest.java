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

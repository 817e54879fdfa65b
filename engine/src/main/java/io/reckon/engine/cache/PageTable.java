package io.reckon.engine.cache;

import java.util.Arrays;

/** The pages of one sequence, in the order of its tokens. The engine's thread only. */
public final class PageTable {
  private final PagePool pool;
  private int[] pages = new int[4];
  private int count;

  public PageTable(PagePool pool) {
    this.pool = pool;
  }

  /**
   * Takes what is missing to hold the first {@code tokens} tokens.
   *
   * @return false, and nothing taken, where the pool has too few pages
   */
  public boolean reserve(int tokens) {
    int wanted = pool.pagesFor(tokens);
    if (wanted - count > pool.free()) {
      return false;
    }
    if (wanted > pages.length) {
      pages = Arrays.copyOf(pages, Math.max(wanted, 2 * pages.length));
    }
    while (count < wanted) {
      pages[count++] = pool.take();
    }
    return true;
  }

  /** Gives every page back. */
  public void release() {
    while (count > 0) {
      pool.giveBack(pages[--count]);
    }
  }

  public int page(int index) {
    return pages[index];
  }

  /** Where the latent of the token at {@code position} stands, counted in tokens. */
  public long slot(int position) {
    int pageTokens = pool.pageTokens();
    return (long) pages[position / pageTokens] * pageTokens + position % pageTokens;
  }
}

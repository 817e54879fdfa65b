package io.reckon.engine.cache;

/** The free pages of the latent cache. Page 0 is never given out. The engine's thread only. */
public final class PagePool {
  private final int pageTokens;
  private final int[] free;
  private int freeCount;

  /**
   * A pool with all pages free.
   *
   * @param pages of the cache, page 0 included
   * @param pageTokens tokens that fit a page
   */
  public PagePool(int pages, int pageTokens) {
    if (pages < 2 || pageTokens < 1) {
      throw new IllegalArgumentException(pages + " pages of " + pageTokens + " tokens");
    }
    this.pageTokens = pageTokens;
    this.free = new int[pages - 1];
    this.freeCount = free.length;
    for (int i = 0; i < free.length; i++) {
      free[i] = pages - 1 - i;
    }
  }

  public int pageTokens() {
    return pageTokens;
  }

  /** Pages that sequences can have in all. */
  public int capacity() {
    return free.length;
  }

  public int free() {
    return freeCount;
  }

  /** Pages that {@code tokens} need. */
  public int pagesFor(int tokens) {
    return (tokens + pageTokens - 1) / pageTokens;
  }

  int take() {
    return free[--freeCount];
  }

  void giveBack(int page) {
    free[freeCount++] = page;
  }
}

package io.reckon.engine.cache;

/**
 * The pages of the latent cache that no sequence holds: empty ones, and those of the prefix tree
 * that can be emptied. Page 0 is never given out. The engine's thread only.
 */
public final class PagePool {
  private final int pageTokens;
  private final int[] empty;
  private final PrefixTree prefixes;
  private final boolean sharing;
  private int emptyCount;

  /**
   * A pool with all pages empty, whose sequences share pages.
   *
   * @param pages of the cache, page 0 included
   * @param pageTokens tokens that fit a page
   */
  public PagePool(int pages, int pageTokens) {
    this(pages, pageTokens, true);
  }

  /**
   * A pool with all pages empty.
   *
   * @param pages of the cache, page 0 included
   * @param pageTokens tokens that fit a page
   * @param sharing whether sequences share pages of the same tokens; without it nothing is found
   *     again
   */
  public PagePool(int pages, int pageTokens, boolean sharing) {
    if (pages < 2 || pageTokens < 1) {
      throw new IllegalArgumentException(pages + " pages of " + pageTokens + " tokens");
    }
    this.pageTokens = pageTokens;
    this.sharing = sharing;
    this.prefixes = new PrefixTree(pageTokens);
    this.empty = new int[pages - 1];
    this.emptyCount = empty.length;
    for (int i = 0; i < empty.length; i++) {
      empty[i] = pages - 1 - i;
    }
  }

  public int pageTokens() {
    return pageTokens;
  }

  /** Pages that sequences can have in all. */
  public int capacity() {
    return empty.length;
  }

  /** Pages that can be taken. */
  public int free() {
    return emptyCount + prefixes.idle();
  }

  /** Pages that were emptied so far to make room for others. */
  public long evictions() {
    return prefixes.evictions();
  }

  /** Pages that {@code tokens} need. */
  public int pagesFor(int tokens) {
    return (tokens + pageTokens - 1) / pageTokens;
  }

  boolean sharing() {
    return sharing;
  }

  PrefixTree prefixes() {
    return prefixes;
  }

  int take() {
    return emptyCount > 0 ? empty[--emptyCount] : prefixes.evict();
  }

  void giveBack(int page) {
    empty[emptyCount++] = page;
  }
}

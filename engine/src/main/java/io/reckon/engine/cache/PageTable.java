package io.reckon.engine.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The pages of one sequence, in the order of its tokens: first those that others may read too, all
 * full, then its own. The engine's thread only.
 */
public final class PageTable {
  private final PagePool pool;
  private final PrefixTree prefixes;
  private final List<PrefixTree.Node> shared = new ArrayList<>();
  private int[] pages = new int[4];
  private int count;

  public PageTable(PagePool pool) {
    this.pool = pool;
    this.prefixes = pool.prefixes();
  }

  /**
   * Takes what is missing to hold the first {@code tokens} tokens.
   *
   * @return false, and nothing taken, where the pool has too few pages
   */
  public boolean reserve(int tokens) {
    int missing = missing(tokens);
    if (missing > pool.free()) {
      return false;
    }
    while (missing-- > 0) {
      add(pool.take());
    }
    return true;
  }

  /**
   * Pages that are missing to hold the first {@code tokens} tokens; below 0 where some are left.
   */
  public int missing(int tokens) {
    return pool.pagesFor(tokens) - count;
  }

  /** Tokens that the pages taken can hold. */
  public int room() {
    return count * pool.pageTokens();
  }

  /**
   * Takes pages that hold tokens of this sequence already, computed by another, in place of its
   * own; at least one token stays to be computed.
   *
   * @param tokens of the sequence, the first {@code length} of the array
   * @param computed how many of them are computed
   * @return how many are computed now
   */
  public int adopt(int[] tokens, int length, int computed) {
    int pageTokens = pool.pageTokens();
    if (!pool.sharing()) {
      return computed;
    }
    while ((shared.size() + 1) * pageTokens < length) {
      PrefixTree.Node node = prefixes.hold(lastShared(), tokens, shared.size() * pageTokens);
      if (node == null) {
        break;
      }
      place(node);
    }
    return Math.max(computed, shared.size() * pageTokens);
  }

  /**
   * The page that would be shared next.
   *
   * @param tokens of the sequence, the first {@code length} of the array
   * @return empty where they don't fill it, or nothing is shared
   */
  public Optional<PageKey> nextToShare(int[] tokens, int length) {
    int from = shared.size() * pool.pageTokens();
    return pool.sharing() && from + pool.pageTokens() <= length
        ? Optional.of(prefixes.key(lastShared(), tokens, from))
        : Optional.empty();
  }

  /**
   * Lets others read the full pages.
   *
   * @param tokens of the sequence
   * @param computed how many of them are computed
   */
  public void publish(int[] tokens, int computed) {
    int pageTokens = pool.pageTokens();
    while (pool.sharing() && (shared.size() + 1) * pageTokens <= computed) {
      int from = shared.size() * pageTokens;
      PrefixTree.Node known = prefixes.hold(lastShared(), tokens, from);
      if (known == null) {
        shared.add(prefixes.add(lastShared(), tokens, from, pages[shared.size()]));
      } else {
        place(known);
      }
    }
  }

  private PrefixTree.Node lastShared() {
    return shared.isEmpty() ? prefixes.root() : shared.get(shared.size() - 1);
  }

  /** Puts a shared page after the others, instead of an own one where that was reserved. */
  private void place(PrefixTree.Node node) {
    int index = shared.size();
    if (index < count) {
      pool.giveBack(pages[index]);
      pages[index] = node.page();
    } else {
      add(node.page());
    }
    shared.add(node);
  }

  private void add(int page) {
    if (count == pages.length) {
      pages = Arrays.copyOf(pages, 2 * count);
    }
    pages[count++] = page;
  }

  /** Gives every page back; those that are shared stay to be found. */
  public void release() {
    while (count > shared.size()) {
      pool.giveBack(pages[--count]);
    }
    while (count > 0) {
      prefixes.letGo(shared.remove(--count));
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

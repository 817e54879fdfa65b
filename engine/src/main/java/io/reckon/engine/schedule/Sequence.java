package io.reckon.engine.schedule;

import io.reckon.engine.cache.PageKey;
import io.reckon.engine.cache.PageTable;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tokens of one request, and how many of them have their latents in the cache. The engine's
 * thread only.
 */
public final class Sequence {
  private final PageTable pages;
  private final long caller;
  private int[] tokens;
  private final int promptLength;
  private int length;
  private int computed;
  private int cached;
  private boolean started;

  /** A sequence of the only caller there is. */
  public Sequence(int[] prompt, PageTable pages) {
    this(prompt, pages, 0);
  }

  /**
   * A sequence with nothing computed.
   *
   * @param prompt its first tokens, at least one
   * @param caller who wants it; callers take turns
   */
  public Sequence(int[] prompt, PageTable pages, long caller) {
    this.caller = caller;
    this.tokens = prompt.clone();
    this.length = prompt.length;
    this.promptLength = prompt.length;
    this.pages = pages;
  }

  public int length() {
    return length;
  }

  /** Tokens that were added to the prompt. */
  public int generated() {
    return length - promptLength;
  }

  public int token(int position) {
    return tokens[position];
  }

  /** Who wants it. */
  public long caller() {
    return caller;
  }

  public PageTable pages() {
    return pages;
  }

  /** Adds the token that was sampled after the last one. */
  public void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
    }
    tokens[length++] = token;
  }

  /** Tokens whose latents stand in the cache. */
  int computed() {
    return computed;
  }

  /** Tokens that must be computed before the next can be sampled. */
  int pending() {
    return length - computed;
  }

  /** Tokens that others had computed before this sequence first ran. */
  public int cached() {
    return cached;
  }

  /** Takes what others have computed of the tokens that come next. */
  void adopt() {
    computed = pages.adopt(tokens, length, computed);
    if (!started) {
      cached = computed;
    }
  }

  /** The page that others can take over once this sequence has computed it. */
  Optional<PageKey> pageToGive() {
    return pages.nextToShare(tokens, length);
  }

  /** The page that could be taken over once another has computed it. */
  Optional<PageKey> pageToTake() {
    return pages.nextToShare(tokens, length - 1);
  }

  void advance(int count) {
    started = true;
    computed += count;
    pages.publish(tokens, computed);
  }

  /** Gives up the pages; what is no longer there when it runs again is computed again. */
  void forget() {
    pages.release();
    computed = 0;
  }
}

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
  private final int mostTokens;
  private int length;
  private int computed;
  private int cached;
  private int learned;
  private boolean started;

  /** Guesses at what comes after the first {@link #draftedFrom} tokens; none between steps. */
  private int[] drafts = Drafter.NO_TOKENS;

  private int draftedFrom;

  /** A sequence of the only caller there is. */
  public Sequence(int[] prompt, PageTable pages) {
    this(prompt, pages, 0, Integer.MAX_VALUE);
  }

  /**
   * A sequence with nothing computed.
   *
   * @param prompt its first tokens, at least one
   * @param caller who wants it; callers take turns
   * @param mostTokens that it may come to have
   */
  public Sequence(int[] prompt, PageTable pages, long caller, int mostTokens) {
    this.caller = caller;
    this.mostTokens = mostTokens;
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

  /** Tokens that may still be added. */
  public int left() {
    return mostTokens - length;
  }

  /** The token at a position, or the draft. */
  public int token(int position) {
    return position < length ? tokens[position] : drafts[position - draftedFrom];
  }

  /** The array that begins with the tokens; it changes as they do. */
  int[] tokens() {
    return tokens;
  }

  /** The last {@code count} tokens. */
  int[] newest(int count) {
    return Arrays.copyOfRange(tokens, length - count, length);
  }

  /** The first token that the drafter has not seen, of those that others have not computed. */
  int unlearned() {
    return Math.max(learned, Math.max(cached, 1));
  }

  /** Notes that the drafter has seen all. */
  void learned() {
    learned = length;
  }

  /** Takes guesses at what comes next, to be computed after the newest token. */
  void draft(int[] guesses) {
    drafts = guesses;
    draftedFrom = length;
  }

  /** Drafts that the next step computes, or the last one has. */
  public int drafts() {
    return drafts.length;
  }

  /** Drops the drafts from a position on. */
  public void dropDrafts(int position) {
    drafts = Arrays.copyOf(drafts, Math.min(drafts.length, position - draftedFrom));
  }

  /** Counts the drafts that came as computed, and drops the rest at the first that did not. */
  void confirmDrafts() {
    int before = computed;
    while (computed < length && isDrafted(computed)) {
      computed++;
    }
    if (computed > before) {
      pages.publish(tokens, computed);
    }
    if (computed < length) {
      drafts = Drafter.NO_TOKENS;
    }
  }

  private boolean isDrafted(int position) {
    int draft = position - draftedFrom;
    return draft < drafts.length && drafts[draft] == tokens[position];
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
    drafts = Drafter.NO_TOKENS;
  }
}

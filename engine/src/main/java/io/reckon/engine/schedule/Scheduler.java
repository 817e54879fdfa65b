package io.reckon.engine.schedule;

import io.reckon.engine.cache.PageKey;
import io.reckon.engine.cache.PagePool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses what each step computes: every running decode, with drafts of what comes next, then
 * prefill chunks within a token budget. Callers take turns at having a sequence admitted, while
 * pages and places last. What others have computed of a sequence is taken over and not computed
 * again, and one whose next page is computed in this very step waits for it. When a decode finds no
 * page, the youngest running sequence gives up its pages and waits, first in the queue, to be
 * computed again. The engine's thread only.
 */
public final class Scheduler {
  /** Most tokens that a step computes as drafts. */
  public static final int MOST_DRAFTS = 64;

  private final PagePool pool;
  private final int maxRunning;
  private final int prefillTokens;
  private final int blockTokens;
  private final Drafter drafter;
  private final WaitingQueue waiting = new WaitingQueue();

  /** In order of admission. INVARIANT: each has pages for all its tokens but those added last. */
  private final List<Sequence> running = new ArrayList<>();

  private long pauses;

  /** An empty schedule, without drafts. */
  public Scheduler(PagePool pool, int maxRunning, int prefillTokens, int blockTokens) {
    this(pool, maxRunning, prefillTokens, blockTokens, Drafter.NONE);
  }

  /**
   * An empty schedule.
   *
   * @param maxRunning most sequences in a step
   * @param prefillTokens most rows of prefill in a step, a multiple of {@code blockTokens}
   * @param blockTokens chunks end at multiples of this, but for a sequence's last
   * @param drafter guesses what comes after the newest token of a decode
   */
  public Scheduler(
      PagePool pool, int maxRunning, int prefillTokens, int blockTokens, Drafter drafter) {
    this.drafter = drafter;
    this.pool = pool;
    this.maxRunning = maxRunning;
    this.prefillTokens = prefillTokens;
    this.blockTokens = blockTokens;
  }

  /**
   * Queues a sequence.
   *
   * @throws IllegalArgumentException where it could never fit the cache
   */
  public void add(Sequence sequence) {
    if (pool.pagesFor(sequence.length()) > pool.capacity()) {
      throw new IllegalArgumentException(sequence.length() + " tokens don't fit the cache");
    }
    waiting.add(sequence);
  }

  /** Takes a sequence out, wherever it stands, and frees its pages. */
  public void remove(Sequence sequence) {
    if (!running.remove(sequence)) {
      waiting.remove(sequence);
    }
    sequence.forget();
  }

  public int running() {
    return running.size();
  }

  public int waiting() {
    return waiting.size();
  }

  /** How often a running sequence gave up its pages. */
  public long pauses() {
    return pauses;
  }

  /** Chooses the next step; empty where nothing is left to do. */
  public Batch next() {
    List<Slice> decodes = decodes();
    List<Slice> prefills = new ArrayList<>();
    addPrefills(prefills, decodes);
    addDrafts(decodes);
    return new Batch(decodes, prefills);
  }

  /**
   * Notes that a step has computed {@code batch}, of whose drafts nothing is known yet. Prompts are
   * learned here, by whoever computes what others will take over.
   */
  public void computed(Batch batch) {
    batch.decodes().forEach(slice -> slice.sequence().advance(slice.settled()));
    for (Slice slice : batch.prefills()) {
      slice.sequence().advance(slice.settled());
      drafter.learn(slice.sequence(), Drafter.NOWHERE);
    }
  }

  /**
   * Notes that tokens were added to a running sequence.
   *
   * @param chosen where the first of them stands, which was chosen by scores, or came in place of
   *     an end
   * @return whether the newest is computed already, since all of them were drafted
   */
  public boolean extended(Sequence sequence, int chosen) {
    drafter.learn(sequence, chosen);
    sequence.confirmDrafts();
    return sequence.pending() == 0;
  }

  /** Notes that a sequence ended that might have gone on; it is still to be removed. */
  public void ended(Sequence sequence) {
    drafter.learnEnd(sequence);
  }

  private List<Slice> decodes() {
    List<Slice> decodes = new ArrayList<>();
    // Pausing shortens the list, at its end.
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (reserveOrPause(sequence) && isDecoding(sequence)) {
        decodes.add(newest(sequence));
      }
    }
    return decodes;
  }

  private static boolean isDecoding(Sequence sequence) {
    return sequence.computed() > 0 && sequence.pending() == 1;
  }

  private static Slice newest(Sequence sequence) {
    return new Slice(sequence, sequence.length() - 1, 1);
  }

  /** Makes room for the newest tokens, or pauses the sequence itself where it is the youngest. */
  private boolean reserveOrPause(Sequence sequence) {
    while (!sequence.pages().reserve(sequence.length())) {
      Sequence youngest = running.remove(running.size() - 1);
      youngest.forget();
      pauses++;
      waiting.addPaused(youngest);
      if (youngest == sequence) {
        return false;
      }
    }
    return true;
  }

  /** Lets decodes go on with drafts, the oldest sequence's first. */
  private void addDrafts(List<Slice> decodes) {
    int left = MOST_DRAFTS;
    for (int i = 0; i < decodes.size() && left > 0; i++) {
      Sequence sequence = decodes.get(i).sequence();
      draft(sequence, decodes.size(), Math.min(left, blockTokens / 2 - 1));
      left -= sequence.drafts();
      decodes.set(i, new Slice(sequence, decodes.get(i).from(), 1 + sequence.drafts()));
    }
  }

  /**
   * Drafts take no page that another would lack.
   *
   * @param most so few that all rows are single ones, of which each can be scored
   */
  private void draft(Sequence sequence, int decodes, int most) {
    int useful = Math.max(0, Math.min(most, sequence.left() - 1));
    sequence.draft(drafter.draft(sequence, decodes, useful));
    sequence.dropDrafts(sequence.length() + useful);
    int tokens = sequence.length() + sequence.drafts();
    if (pool.free() <= running.size() || !sequence.pages().reserve(tokens)) {
      sequence.dropDrafts(sequence.pages().room());
    }
  }

  /** Sequences of which others have computed all but the newest token become decodes. */
  private void addPrefills(List<Slice> prefills, List<Slice> decodes) {
    Set<PageKey> computing = new HashSet<>();
    int budget = prefillTokens;
    int earlierDecodes = decodes.size();
    int decode = 0;
    for (int i = 0; budget >= blockTokens && (i < running.size() || admit(computing)); i++) {
      Sequence sequence = running.get(i);
      if (decode < earlierDecodes && decodes.get(decode).sequence() == sequence) {
        decode++;
        continue;
      }
      sequence.adopt();
      if (isDecoding(sequence)) {
        decodes.add(newest(sequence));
      } else if (sequence.pending() > 0) {
        Slice slice = prefill(sequence, budget);
        prefills.add(slice);
        sequence.pageToGive().ifPresent(computing::add);
        budget -= slice.rows(blockTokens);
      }
    }
  }

  /** All that is pending, or as many whole blocks of it as there are rows for. */
  private Slice prefill(Sequence sequence, int rows) {
    int count = Math.min(sequence.pending(), rows / blockTokens * blockTokens);
    return new Slice(sequence, sequence.computed(), count);
  }

  /**
   * Moves the next waiting sequence to the running ones, where there is room for it.
   *
   * @param computing the pages that running sequences compute first in this step
   */
  private boolean admit(Set<PageKey> computing) {
    if (running.size() == maxRunning) {
      return false;
    }
    Sequence next = waiting.next(sequence -> adopt(sequence, computing));
    if (next == null) {
      return false;
    }
    // Nobody passes one that lacks pages, so that a long sequence gets its turn.
    if (!hasPagesFor(next)) {
      next.forget();
      return false;
    }
    waiting.take(next);
    next.pages().reserve(next.length());
    running.add(next);
    return true;
  }

  /** Takes over what is there of a sequence, unless it does better to wait for its next page. */
  private static boolean adopt(Sequence sequence, Set<PageKey> computing) {
    sequence.adopt();
    boolean ready = sequence.pageToTake().filter(computing::contains).isEmpty();
    if (!ready) {
      sequence.forget();
    }
    return ready;
  }

  /**
   * Leaves a page for each running sequence to grow into, so that admission does not cause pauses.
   */
  private boolean hasPagesFor(Sequence sequence) {
    return pool.free() >= sequence.pages().missing(sequence.length()) + running.size();
  }
}

package io.reckon.udfs.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * What was counted at moments of the past, one every second at first. It never grows beyond a fixed
 * size: when it is full every second moment goes, and from then on they are twice as far apart.
 * Safe for any thread.
 */
public final class ClusterHistory {
  /** Even, so that halving leaves the first. */
  private static final int MOST = 480;

  // Both: read and written with this locked.
  private final List<Moment> moments = new ArrayList<>();
  private double apartSeconds = 1;

  ClusterHistory() {}

  /**
   * @param seconds since the application's begin
   * @param made rows that ended, with their tokens
   * @param sampledTokens tokens that were written, those of rows that have not ended included
   * @param running requests in the engines' batches
   * @param waiting requests in their queues
   */
  public record Moment(
      double seconds, GenerationCount made, long sampledTokens, int running, int waiting) {
    boolean standsAs(Moment other) {
      return made.equals(other.made)
          && sampledTokens == other.sampledTokens
          && running == other.running
          && waiting == other.waiting;
    }
  }

  /** Notes a moment down, where the last one lies far enough back. */
  synchronized void add(Moment now) {
    // Whoever calls does so about once a second.
    if (!moments.isEmpty() && now.seconds() - last(1).seconds() < apartSeconds - 0.5) {
      return;
    }
    if (moments.size() > 1 && now.standsAs(last(1)) && now.standsAs(last(2))) {
      moments.remove(moments.size() - 1); // Hours in which nothing happens take one place.
    }
    if (moments.size() == MOST) {
      thinOut();
    }
    moments.add(now);
  }

  /** By time. */
  public synchronized List<Moment> moments() {
    return List.copyOf(moments);
  }

  private Moment last(int back) {
    return moments.get(moments.size() - back);
  }

  private void thinOut() {
    List<Moment> kept = new ArrayList<>(MOST);
    for (int i = 0; i < moments.size(); i += 2) {
      kept.add(moments.get(i));
    }
    moments.clear();
    moments.addAll(kept);
    apartSeconds *= 2;
  }
}

package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where callers' threads meet the engine's: requests and cancellations go in, the engine takes them
 * out between steps. A request holds a place from {@link #submit} until it ends, so the number in
 * flight is bounded. Where callers wait for places, the one that holds the fewest has the next.
 */
final class Inbox {
  /** What came in since the last {@link #take}. */
  record Mail(List<ActiveRequest> submitted, List<ActiveRequest> cancelled) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition mail = lock.newCondition();
  private final int places;
  private int placesTaken;

  /** Places by caller; those who hold none are absent. */
  private final Map<Long, Integer> held = new HashMap<>();

  /** Submitters who wait for a place, in order of arrival. */
  private final List<Waiter> waiters = new ArrayList<>();

  private List<ActiveRequest> submitted = new ArrayList<>();
  private List<ActiveRequest> cancelled = new ArrayList<>();

  /** Why nothing more is taken in; null while the engine runs. */
  private EngineException closedBecause;

  /** A submitter who waits; guarded by the lock. */
  private static final class Waiter {
    final long caller;
    boolean hasPlace;

    Waiter(long caller) {
      this.caller = caller;
    }
  }

  Inbox(int places) {
    this.places = places;
  }

  /** Waits for a place, then hands the request to the engine. */
  void submit(ActiveRequest request) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitPlace(request.sequence().caller());
      submitted.add(request);
      mail.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Takes a place for a caller; where none comes since the inbox closes, throws why. */
  private void awaitPlace(long caller) throws InterruptedException {
    Waiter waiter = new Waiter(caller);
    waiters.add(waiter);
    giveOutPlaces();
    try {
      while (closedBecause == null && !waiter.hasPlace) {
        room.await();
      }
      refuseIfClosed();
    } catch (InterruptedException | EngineException e) {
      if (!waiters.remove(waiter)) {
        giveBackPlace(caller);
      }
      throw e;
    }
  }

  private void giveOutPlaces() {
    while (placesTaken < places && !waiters.isEmpty()) {
      Waiter next =
          Collections.min(waiters, Comparator.comparingInt(w -> held.getOrDefault(w.caller, 0)));
      waiters.remove(next);
      next.hasPlace = true;
      placesTaken++;
      held.merge(next.caller, 1, Integer::sum);
    }
    room.signalAll();
  }

  private void giveBackPlace(long caller) {
    placesTaken--;
    held.computeIfPresent(caller, (any, count) -> count == 1 ? null : count - 1);
    giveOutPlaces();
  }

  /** Asks the engine to end a request. */
  void cancel(ActiveRequest request) {
    lock.lock();
    try {
      cancelled.add(request);
      mail.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Frees the place of a request that ended. */
  void leave(ActiveRequest request) {
    lock.lock();
    try {
      giveBackPlace(request.sequence().caller());
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more in; who waits in {@link #submit} gets {@code reason}. */
  void close(EngineException reason) {
    lock.lock();
    try {
      if (closedBecause == null) {
        closedBecause = reason;
      }
      room.signalAll();
      mail.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what came in.
   *
   * @param patient whether to wait where there is nothing; ends at once when closed
   */
  Mail take(boolean patient) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (patient && closedBecause == null && submitted.isEmpty() && cancelled.isEmpty()) {
        mail.await();
      }
      return drain();
    } finally {
      lock.unlock();
    }
  }

  /** Takes what came in, without waiting. */
  Mail drain() {
    lock.lock();
    try {
      Mail taken = new Mail(submitted, cancelled);
      submitted = new ArrayList<>();
      cancelled = new ArrayList<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  boolean isOpen() {
    lock.lock();
    try {
      return closedBecause == null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Does nothing while open.
   *
   * @throws EngineException the reason given to {@link #close}
   */
  void refuseIfClosed() {
    lock.lock();
    try {
      if (closedBecause != null) {
        throw new EngineException(
            closedBecause.code(), closedBecause.getMessage(), closedBecause.getCause());
      }
    } finally {
      lock.unlock();
    }
  }
}

package io.reckon.engine.remote;

import java.util.Optional;
import okhttp3.Call;

/**
 * Breaks a request's call off, from any thread. An interrupt alone does not: a thread that waits
 * for a socket takes none, and the server would go on with an answer that nobody reads.
 */
final class Cancellation {
  // Both guarded by this.
  private boolean cancelled;
  private Optional<Call> call = Optional.empty();

  /** Makes this the call to break off, at once where that was asked for before it began. */
  synchronized void watch(Call begun) {
    call = Optional.of(begun);
    if (cancelled) {
      begun.cancel();
    }
  }

  /** Breaks off the call there is and those to come. Idempotent. */
  synchronized void cancel() {
    cancelled = true;
    call.ifPresent(Call::cancel);
  }
}

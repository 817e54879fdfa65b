package io.reckon.jobs.commit;

import io.reckon.engine.common.Threads;
import io.reckon.jobs.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run out of an output folder. A file that names the run; beside it another whose
 * time is renewed for as long as the run lives. The lock of a run that is gone is taken over by the
 * one that makes a third, which is named after it. On a store that cannot create a file only where
 * there is none, two runs that start in the same second may both take it; {@link #requireHeld} then
 * tells one of them.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final Duration RENEWED_EVERY = Duration.ofSeconds(20);
  private static final String CLAIM = ".after-";

  /** How often a file may be there when it is made and gone when it is looked for. */
  private static final int CREATE_ATTEMPTS = 5;

  /** Long enough for a driver that is out of breath, short enough to wait for. */
  static final Duration STALE_AFTER = Duration.ofMinutes(3);

  private final FileSystem files;
  private final Path file;
  private final LockHolder self;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Threads.daemons("reckon-lock"));

  private RunLock(FileSystem files, Path file, LockHolder self) {
    this.files = files;
    this.file = file;
    this.self = self;
  }

  /**
   * What a file says of its holder.
   *
   * @param holder none where the file was not written to its end
   * @param id tells it from any other; empty where there is no file
   */
  private record Found(Optional<LockHolder> holder, String id) {}

  /**
   * Takes the lock and keeps it until it is closed.
   *
   * @throws UserError where another run holds it
   */
  public static RunLock take(StateFolder state, String runId) throws IOException {
    return take(state.files(), state.lock(), runId);
  }

  static RunLock take(FileSystem files, Path file, String runId) throws IOException {
    RunLock lock = new RunLock(files, file, LockHolder.of(runId));
    lock.take();
    lock.renew();
    var unused =
        lock.clock.scheduleWithFixedDelay(
            lock::renew, RENEWED_EVERY.toSeconds(), RENEWED_EVERY.toSeconds(), TimeUnit.SECONDS);
    return lock;
  }

  private void take() throws IOException {
    if (created(file)) {
      return;
    }
    Found found = look(file);
    requireStale(found, file, renewal());
    if (!found.id().isEmpty()) {
      succeed(found);
    }
    if (!created(file)) {
      throw new UserError(
          "another run has just begun to write to '%s'; wait for it, or give --output another folder"
              .formatted(folder()));
    }
    deleteClaims();
  }

  /** Makes a file that names this run; false where another's is there. */
  private boolean created(Path path) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        SmallFile.create(files, path, self);
        return true;
      } catch (IOException e) {
        // How a store says that there is a file, and whether before or after writing, is its own.
        if (files.exists(path)) {
          return isHeld(path); // It was made, and only the store's word of it was lost.
        }
        // Another may have been there, and gone since: this is as if it came only now.
        if (attempt == CREATE_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Deletes the lock of a holder that is gone. Of all who find it so, one alone comes to that. */
  private void succeed(Found gone) throws IOException {
    claim(gone);
    // Claims are deleted only after a new lock was made: who sees the old one has the only claim.
    if (look(file).equals(gone)) {
      files.delete(renewal(), false);
      files.delete(file, false);
    }
  }

  /** Who dies with the claim to a place has its own place claimed, as the lock's holder has. */
  private void claim(Found gone) throws IOException {
    Path claim = file.suffix(CLAIM + gone.id());
    if (created(claim)) {
      return;
    }
    Found claimant = look(claim);
    if (!claimant.id().isEmpty()) { // Else it has the lock by now, or had.
      requireStale(claimant, claim);
      claim(claimant);
    }
  }

  /** Those of this lock's predecessors; nobody looks at them once it is there. */
  private void deleteClaims() throws IOException {
    String prefix = file.getName() + CLAIM;
    for (FileStatus entry : files.listStatus(file.getParent())) {
      if (entry.getPath().getName().startsWith(prefix)) {
        files.delete(entry.getPath(), false);
      }
    }
  }

  /**
   * @param signs the files by which it gives signs of life
   */
  private void requireStale(Found found, Path... signs) throws IOException {
    Optional<LockHolder> holder = found.holder();
    if (holder.isPresent() && holder.get().hasDied()) {
      LOG.info("Run {} has died; its lock is taken over", holder.get().runId());
      return;
    }
    Duration silent = Duration.ofMillis(now() - newest(signs));
    if (silent.compareTo(STALE_AFTER) < 0) {
      throw new UserError(
          "%s writes to '%s' and has given a sign of life %d s ago; wait for it, or give --output another folder (a run that died on another machine is taken for dead after %d s)"
              .formatted(
                  holder.map(LockHolder::describe).orElse("another run"),
                  folder(),
                  silent.toSeconds(),
                  STALE_AFTER.toSeconds()));
    }
  }

  /**
   * Does nothing while this run holds the lock.
   *
   * @throws IOException where another has taken it
   */
  public void requireHeld() throws IOException {
    if (!isHeld(file)) {
      throw new IOException(
          "another run has taken over '%s'; this one commits no more".formatted(folder()));
    }
  }

  /** Gives the lock back, if it is still this run's. Idempotent. */
  @Override
  public void close() {
    clock.shutdownNow();
    try {
      if (isHeld(file)) {
        files.delete(renewal(), false);
        files.delete(file, false);
        deleteFolderIfEmpty();
      }
    } catch (IOException e) {
      LOG.warn("The lock {} stays; it is taken for dead in {} s", file, STALE_AFTER.toSeconds(), e);
    }
  }

  /** The run may have been refused before it kept anything. */
  private void deleteFolderIfEmpty() throws IOException {
    try {
      if (files.listStatus(file.getParent()).length == 0) {
        files.delete(file.getParent(), false);
      }
    } catch (FileNotFoundException e) {
      LOG.debug("{} has gone with its last file", file.getParent(), e);
    }
  }

  private boolean isHeld(Path path) throws IOException {
    return look(path).holder().equals(Optional.of(self));
  }

  private Found look(Path path) throws IOException {
    try {
      Optional<LockHolder> holder = SmallFile.read(files, path, LockHolder.class);
      return new Found(holder, holder.map(LockHolder::id).orElse("torn-" + newest(path)));
    } catch (FileNotFoundException e) {
      return new Found(Optional.empty(), "");
    }
  }

  private void renew() {
    try {
      files.create(renewal(), true).close();
    } catch (IOException | RuntimeException e) { // What it throws would end the clock.
      LOG.warn("The lock {} could not be renewed", file, e);
    }
  }

  /**
   * By the clock that {@link #newest} is told by: the store's may go otherwise than this machine's.
   */
  private long now() throws IOException {
    Path probe = file.suffix(".now-" + self.id());
    files.create(probe, true).close();
    try {
      return newest(probe);
    } finally {
      files.delete(probe, false);
    }
  }

  /** When one of them was last written, in milliseconds; 0 where there is none. */
  private long newest(Path... paths) throws IOException {
    long newest = 0;
    for (Path path : paths) {
      try {
        newest = Math.max(newest, files.getFileStatus(path).getModificationTime());
      } catch (FileNotFoundException e) {
        LOG.debug("{} has gone meanwhile", path, e);
      }
    }
    return newest;
  }

  private Path renewal() {
    return file.suffix(".renewed");
  }

  private Path folder() {
    return file.getParent().getParent();
  }
}

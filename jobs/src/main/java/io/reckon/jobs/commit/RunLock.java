package io.reckon.jobs.commit;

import io.reckon.engine.Threads;
import io.reckon.jobs.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run out of an output folder. A file that names the run; beside it another whose
 * time is renewed for as long as the run lives. On a store that cannot create a file only where
 * there is none, two runs that start in the same second may both take it; {@link #requireHeld} then
 * tells one of them.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final Duration RENEWED_EVERY = Duration.ofSeconds(20);

  /** Long enough for a driver that is out of breath, short enough to wait for. */
  static final Duration STALE_AFTER = Duration.ofMinutes(3);

  private final FileSystem files;
  private final Path file;
  private final Holder self;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Threads.daemons("reckon-lock"));

  private RunLock(FileSystem files, Path file, Holder self) {
    this.files = files;
    this.file = file;
    this.self = self;
  }

  /**
   * Who holds a lock.
   *
   * @param processStarted tells a process from an earlier one of the same number
   */
  private record Holder(String runId, String host, long process, long processStarted) {
    static Holder of(String runId) throws IOException {
      ProcessHandle process = ProcessHandle.current();
      return new Holder(
          runId, InetAddress.getLocalHost().getHostName(), process.pid(), started(process));
    }

    /** Whether it ran on this machine and is gone. */
    boolean hasDied() throws IOException {
      return host.equals(InetAddress.getLocalHost().getHostName())
          && ProcessHandle.of(process)
              .filter(ProcessHandle::isAlive)
              .filter(found -> started(found) == processStarted)
              .isEmpty();
    }

    private static long started(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
  }

  /**
   * Takes the lock and keeps it until it is closed.
   *
   * @throws UserError where another run holds it
   */
  public static RunLock take(StateFolder state, String runId) throws IOException {
    RunLock lock = new RunLock(state.files(), state.lock(), Holder.of(runId));
    lock.take();
    lock.renew();
    var unused =
        lock.clock.scheduleWithFixedDelay(
            lock::renew, RENEWED_EVERY.toSeconds(), RENEWED_EVERY.toSeconds(), TimeUnit.SECONDS);
    return lock;
  }

  private void take() throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        SmallFile.create(files, file, self);
        return;
      } catch (IOException e) {
        // How a store says that there is a file, and whether before or after writing, is its own.
        if (!files.exists(file)) {
          throw e;
        }
        if (isHeld()) {
          return; // It was made, and only the store's word of it was lost.
        }
        if (attempt > 0) {
          throw new UserError(
              "another run has just begun to write to '%s'; wait for it, or give --output another folder"
                  .formatted(folder()),
              e);
        }
        requireStale();
        files.delete(renewal(), false);
        files.delete(file, false);
      }
    }
  }

  private void requireStale() throws IOException {
    Optional<Holder> holder = holder();
    if (holder.isPresent() && holder.get().hasDied()) {
      LOG.info("Run {} has died; its lock is taken over", holder.get().runId());
      return;
    }
    Duration silent = Duration.ofMillis(System.currentTimeMillis() - lastRenewed());
    if (silent.compareTo(STALE_AFTER) < 0) {
      throw new UserError(
          "%s writes to '%s' and has given a sign of life %d s ago; wait for it, or give --output another folder (a run that died on another machine is taken for dead after %d s)"
              .formatted(
                  holder
                      .map(
                          h ->
                              "run %s on %s, process %d,"
                                  .formatted(h.runId(), h.host(), h.process()))
                      .orElse("another run"),
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
  void requireHeld() throws IOException {
    if (!isHeld()) {
      throw new IOException(
          "another run has taken over '%s'; this one commits no more".formatted(folder()));
    }
  }

  /** Gives the lock back, if it is still this run's. Idempotent. */
  @Override
  public void close() {
    clock.shutdownNow();
    try {
      if (isHeld()) {
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

  private boolean isHeld() throws IOException {
    return holder().equals(Optional.of(self));
  }

  private Optional<Holder> holder() throws IOException {
    try {
      return SmallFile.read(files, file, Holder.class);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private void renew() {
    try {
      files.create(renewal(), true).close();
    } catch (IOException | RuntimeException e) { // What it throws would end the clock.
      LOG.warn("The lock {} could not be renewed", file, e);
    }
  }

  private long lastRenewed() throws IOException {
    long newest = 0;
    for (Path path : new Path[] {file, renewal()}) {
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

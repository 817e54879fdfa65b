package io.reckon.engine;

import io.reckon.engine.program.LoadProgress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says now and then how far a long load has come, and at what rate. */
final class LoadLog implements LoadProgress {
  private static final Logger LOG = LoggerFactory.getLogger(LoadLog.class);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String model;
  private final long start = System.nanoTime();
  private long said = start;

  LoadLog(String model) {
    this.model = model;
  }

  @Override
  public void loaded(long loadedBytes, long totalBytes) {
    long now = System.nanoTime();
    boolean done = loadedBytes == totalBytes && said != start;
    if (now - said < PAUSE_NANOS && !done) {
      return;
    }
    said = now;
    LOG.info(line(model, loadedBytes, totalBytes, now - start));
  }

  /** Says where sequences end before the model's context does. */
  void holds(int cacheTokens, int contextTokens) {
    if (cacheTokens < contextTokens) {
      LOG.warn(
          "the cache holds {} tokens where {} takes {}: longer prompts are refused and longer answers end there; set cacheBytes higher",
          cacheTokens,
          model,
          contextTokens);
    }
  }

  /** Such as {@code loading m: 1.2 of 18.0 GB, 640 MB/s}. */
  static String line(String model, long loadedBytes, long totalBytes, long nanos) {
    return "loading %s: %.1f of %.1f GB, %.0f MB/s"
        .formatted(model, loadedBytes / 1e9, totalBytes / 1e9, loadedBytes * 1e3 / nanos);
  }
}

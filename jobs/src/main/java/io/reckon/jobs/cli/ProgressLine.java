package io.reckon.jobs.cli;

import io.reckon.jobs.infer.Progress;
import io.reckon.udfs.page.Figures;
import io.reckon.udfs.watch.RunWatch;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Tells a person how a run goes: one line that is written over and over on a terminal, a line every
 * few seconds elsewhere. Closing it clears the line.
 */
final class ProgressLine implements Progress, AutoCloseable {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(15);

  private final PrintWriter err;
  private final boolean terminal = Boolean.getBoolean("reckon.terminal");
  private long saidNanos;
  private int shownWidth;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  @Override
  public synchronized void update(Update update) {
    if (terminal || isDue(update)) {
      saidNanos = System.nanoTime();
      say(text(update));
    }
  }

  @Override
  public synchronized void interrupted(String message) {
    close();
    err.println("reckon: " + message);
  }

  /** In a log: a line when the work begins, then one now and then. */
  private boolean isDue(Update update) {
    boolean first = saidNanos == 0;
    boolean late = System.nanoTime() - saidNanos >= BETWEEN_LINES.toNanos();
    return update.phase() == Phase.GENERATING && (first || late);
  }

  @Override
  public synchronized void close() {
    if (terminal && shownWidth > 0) {
      err.print("\r" + " ".repeat(shownWidth) + "\r");
      err.flush();
    }
  }

  /** What stands in the line. */
  static String text(Update update) {
    return switch (update.phase()) {
      case READING -> "reading the prompts";
      case GENERATING -> generating(update);
      case WRITING -> "writing the tables";
    };
  }

  private static String generating(Update update) {
    StringBuilder text = new StringBuilder("generating: ");
    text.append(Texts.count(update.rowsDone())).append(" of ").append(Texts.count(update.rows()));
    text.append(" answers");
    if (update.failedRows() > 0) {
      text.append(", ").append(Texts.count(update.failedRows())).append(" failed");
    }
    double seconds = update.elapsed().toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
    if (update.generatedTokens() > 0 && seconds > 0) {
      text.append(", ").append(Texts.count(Math.round(update.generatedTokens() / seconds)));
      text.append(" tokens/s");
    }
    if (update.cacheHitRate() > 0) {
      text.append(", ").append(Figures.percent(update.cacheHitRate())).append(" cache hits");
    }
    RunWatch.secondsLeft(update.elapsed(), update.rowsDone(), update.rows())
        .ifPresent(left -> text.append(", about ").append(Texts.duration(left)).append(" left"));
    return text.toString();
  }

  private void say(String text) {
    if (terminal) {
      err.print("\r" + text + " ".repeat(Math.max(0, shownWidth - text.length())));
      err.flush();
      shownWidth = text.length();
    } else {
      err.println(text);
    }
  }
}

package io.reckon.udfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Keeps, for each executor, how many tokens its one engine has sampled in all, in a file that
 * outlives a process that is killed: the operating system has it.
 */
public final class TokenLedger implements SparkPlugin {
  /** Names the folder, which must be there. */
  public static final String FOLDER = "spark.tokenLedger";

  private static final long PERIOD_MILLIS = 5;

  /** The tokens of all executors that have ever run. */
  public static long total(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.mapToLong(TokenLedger::read).sum();
    }
  }

  /** An engine that loads, or is closed, counts nothing; what it had counted stays. */
  private static void raise(MappedByteBuffer total, long count) {
    total.putLong(0, Math.max(total.getLong(0), count));
  }

  private static long read(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file)).getLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

      @Override
      public void init(PluginContext context, Map<String, String> extraConf) {
        Path file =
            Path.of(context.conf().get(FOLDER), Long.toString(ProcessHandle.current().pid()));
        try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
          MappedByteBuffer total = channel.map(MapMode.READ_WRITE, 0, Long.BYTES);
          var unused =
              clock.scheduleWithFixedDelay(
                  () -> raise(total, ExecutorEngine.counters().generatedTokens()),
                  PERIOD_MILLIS,
                  PERIOD_MILLIS,
                  TimeUnit.MILLISECONDS);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void shutdown() {
        clock.shutdownNow();
      }
    };
  }
}

package io.reckon.udfs.model;

import io.reckon.engine.checkpoint.CacheFolder;
import io.reckon.engine.checkpoint.ModelLocation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * This machine's copies of models that lie in Hadoop file systems: one for each state of a model,
 * shared by all processes of the machine. A model that changes is copied anew, to a folder of its
 * own, so that whoever loads the old one reads on undisturbed; the old one is deleted when nobody
 * uses it any more ({@link CopyFolder}). Any thread.
 */
public final class ModelCopies {
  /** The folder of the copies, in Spark's configuration. */
  public static final String FOLDER_KEY = "spark.reckon.modelCache";

  private static final Logger LOG = LoggerFactory.getLogger(ModelCopies.class);
  private static final String HADOOP = "spark.hadoop.";

  /** The lock of a file holds between processes; this one between the threads of this process. */
  private static final ReentrantLock THIS_PROCESS = new ReentrantLock();

  private final Path folder;
  private final Configuration hadoop;

  /**
   * @param folder of all copies, on a disk of this machine
   */
  ModelCopies(Path folder, Configuration hadoop) {
    this.folder = folder;
    this.hadoop = hadoop;
  }

  /**
   * What an engine on this machine can open: a model's name as it is, but for an address of a
   * Hadoop file system, whose model is copied here unless it has been already.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where there is no model at
   *     the address or no room for it, {@code ENGINE_FAILED} where copying broke off
   */
  public static String local(String model) {
    if (!ModelLocation.isUri(model)) {
      return model;
    }
    return new ModelCopies(folder(spark()), hadoop(spark())).copyOf(model).toString();
  }

  /**
   * What a model's configuration can be read from: its name as it is, but for an address of a
   * Hadoop file system, of which the configuration alone is copied, for as long as this process
   * runs.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it can't be read
   */
  public static String localConfiguration(String model) {
    return ModelLocation.isUri(model) ? configurationOf(model, hadoop(spark())).toString() : model;
  }

  static Path configurationOf(String uri, Configuration hadoop) {
    RemoteModel model = RemoteModel.list(uri, hadoop);
    if (model.isLocal()) {
      return model.localPath();
    }
    try {
      return new ConfigurationCopy(model).write();
    } catch (IOException e) {
      throw ModelErrors.unreadable(uri, e);
    }
  }

  private static SparkConf spark() {
    return SparkEnv.get() == null ? new SparkConf(false) : SparkEnv.get().conf();
  }

  private static Path folder(SparkConf spark) {
    return spark.contains(FOLDER_KEY) ? Path.of(spark.get(FOLDER_KEY)) : CacheFolder.of("models");
  }

  private static Configuration hadoop(SparkConf spark) {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> setting : spark.getAllWithPrefix(HADOOP)) {
      hadoop.set(setting._1(), setting._2());
    }
    return hadoop;
  }

  /** The whole copy of a model: a folder, or a file where the address is a file's. */
  Path copyOf(String uri) {
    RemoteModel model = RemoteModel.list(uri, hadoop);
    if (model.isLocal()) {
      return model.localPath();
    }
    // Reports call a model by the last part of its path.
    Path place = folder.resolve(model.identity());
    String name = model.path().getName();
    Path files = model.isFolder() ? place.resolve(name) : place;
    THIS_PROCESS.lock();
    try {
      Files.createDirectories(files);
      new CopyFolder(folder).take(place, model.path().toString());
      Files.createDirectories(files); // It may have been deleted a moment before it was taken.
      completeAlone(new ModelCopy(model, files), place.resolve("lock"));
    } catch (IOException e) {
      throw ModelErrors.notCopied(uri, files, e);
    } finally {
      THIS_PROCESS.unlock();
    }
    return model.isFolder() ? files : files.resolve(name);
  }

  /** The lock is the kernel's: it goes with the process that holds it, however that ends. */
  private static void completeAlone(ModelCopy copy, Path lockFile) throws IOException {
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock(channel, lockFile)) {
      LOG.debug("Holding {}", held);
      copy.complete();
    }
  }

  private static FileLock lock(FileChannel channel, Path lockFile) throws IOException {
    FileLock free = channel.tryLock();
    if (free != null) {
      return free;
    }
    LOG.info("Another process copies the model; waiting for {}", lockFile);
    return channel.lock();
  }
}

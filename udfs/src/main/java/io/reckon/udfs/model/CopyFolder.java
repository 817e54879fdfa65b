package io.reckon.udfs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places of a machine's copies, one for each state of a model. A process holds the places that
 * it has taken, by shared locks of the kernel, until it ends, however it ends. Who takes a place
 * deletes those of earlier states of the same address that no process holds. One thread of a
 * process at a time.
 */
final class CopyFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CopyFolder.class);
  private static final String LOCK = "lock";
  private static final String USERS = "users";
  private static final String ADDRESS = "address";
  private static final String RETIRED = "retired-";

  /**
   * The locks of this process. A lock goes with the first of a process's channels to its file that
   * is closed, so the files of these are never opened a second time.
   */
  private static final Map<Path, FileLock> HELD = new HashMap<>();

  private final Path folder;

  CopyFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Holds the place of a model's present state.
   *
   * @param place in this folder
   * @param address of the model
   */
  void take(Path place, String address) {
    try {
      holdAndRetire(place, address);
      deleteRetired();
    } catch (IOException | UncheckedIOException e) { // Another user's folder, say.
      LOG.warn("Copies that are not needed any more may stay in {}", folder, e);
    }
  }

  /** Alone among all processes, so that no place is retired while somebody begins to hold it. */
  private void holdAndRetire(Path place, String address) throws IOException {
    try (FileChannel channel = open(folder.resolve(LOCK));
        FileLock alone = channel.lock()) {
      LOG.debug("Holding {}", alone);
      hold(place);
      Files.writeString(place.resolve(ADDRESS), address);
      for (Path other : places()) {
        if (!other.equals(place) && isOf(other, address) && isFree(other)) {
          LOG.info("The copy in {} is of an earlier state of {}; it is deleted", other, address);
          retire(other);
        }
      }
    }
  }

  private static void hold(Path place) throws IOException {
    Files.createDirectories(place);
    Path users = place.resolve(USERS);
    if (!HELD.containsKey(users) || Files.notExists(users)) {
      HELD.put(users, open(users).lock(0, Long.MAX_VALUE, true));
    }
  }

  private List<Path> places() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  private static boolean isOf(Path place, String address) throws IOException {
    Path written = place.resolve(ADDRESS);
    return Files.exists(written) && Files.readString(written).equals(address);
  }

  private static boolean isFree(Path place) throws IOException {
    Path users = place.resolve(USERS);
    if (HELD.containsKey(users)) {
      return false;
    }
    try (FileChannel channel = open(users);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    }
  }

  /** From here on it is nobody's place, however long its files take to delete. */
  private void retire(Path place) throws IOException {
    Path retired = Files.createTempDirectory(folder, RETIRED);
    Files.move(place, retired.resolve(place.getFileName()), StandardCopyOption.ATOMIC_MOVE);
  }

  private void deleteRetired() throws IOException {
    for (Path place : places()) {
      if (place.getFileName().toString().startsWith(RETIRED)) {
        delete(place);
      }
    }
  }

  /** Another process may be about it too. */
  private static void delete(Path retired) throws IOException {
    List<Path> files;
    try (Stream<Path> walked = Files.walk(retired)) {
      files = walked.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}

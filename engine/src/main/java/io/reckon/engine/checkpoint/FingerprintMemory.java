package io.reckon.engine.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers fingerprints on this machine's disk: to hash a large model takes longer than to load
 * it. Files are known by what no write leaves as it was: their inodes and the times at which these
 * changed. Where that is not told, or the folder can't be written, nothing is remembered.
 *
 * @param leastBytes models with fewer are hashed each time
 */
record FingerprintMemory(Path folder, long leastBytes) {
  private static final Logger LOG = LoggerFactory.getLogger(FingerprintMemory.class);
  private static final String TOLD = "unix:dev,ino,size,lastModifiedTime,ctime";

  static FingerprintMemory ofThisMachine() {
    return new FingerprintMemory(CacheFolder.of("fingerprints"), 64 << 20);
  }

  /**
   * What files hash to.
   *
   * @param hash computes it
   */
  String of(List<Path> files, Supplier<String> hash) {
    try {
      List<Path> there = files.stream().filter(Files::isRegularFile).toList();
      if (bytes(there) >= leastBytes) {
        return remembered(there, hash);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("No fingerprint is remembered", e);
    }
    return hash.get();
  }

  private static long bytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  private String remembered(List<Path> files, Supplier<String> hash) throws IOException {
    String state = state(files);
    Path memory = folder.resolve(Fingerprint.of(state));
    if (Files.exists(memory)) {
      // Where the power went, a file that was renamed can be empty.
      String written = Files.readString(memory, StandardCharsets.ISO_8859_1);
      if (Fingerprint.isWhole(written)) {
        return written;
      }
    }
    String fingerprint = hash.get();
    if (state(files).equals(state)) {
      remember(memory, fingerprint);
    }
    return fingerprint;
  }

  private static String state(List<Path> files) throws IOException {
    StringBuilder state = new StringBuilder();
    for (Path file : files) {
      state.append(file.toRealPath()).append('\0');
      state.append(new TreeMap<>(Files.readAttributes(file, TOLD))).append('\0');
    }
    return state.toString();
  }

  /** Whole or not at all, whoever else does so. */
  private void remember(Path memory, String fingerprint) {
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "new", "");
      Files.write(part, fingerprint.getBytes(StandardCharsets.US_ASCII));
      Files.move(part, memory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("The model will be hashed again at the next start: {}", e.toString());
    }
  }
}

package io.reckon.engine.checkpoint;

import io.reckon.engine.common.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What things are known by again: a checkpoint by a hash of all that can change what it generates.
 */
public final class Fingerprint {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int SHOWN_BYTES = 16;

  /** Ollama names files by the hash of their content: those need not be read. */
  private static final Pattern HASH_FOR_A_NAME = Pattern.compile("sha256-[0-9a-f]{64}");

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * SHOWN_BYTES + "}");

  private Fingerprint() {}

  /** Hashes the names, lengths and contents of those {@code files} that exist, in their order. */
  static String of(List<Path> files) {
    MessageDigest digest = Hashes.sha256();
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        add(digest, file);
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, SHOWN_BYTES);
  }

  /** Hashes a text. */
  public static String of(String text) {
    byte[] hash = Hashes.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
  }

  /** Whether a text has the form of what this class makes. */
  static boolean isWhole(String text) {
    return FORM.matcher(text).matches();
  }

  private static void add(MessageDigest digest, Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      String heading = file.getFileName() + "\0" + channel.size() + "\0";
      digest.update(heading.getBytes(StandardCharsets.UTF_8));
      if (HASH_FOR_A_NAME.matcher(file.getFileName().toString()).matches()) {
        return;
      }
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
      while (channel.read(chunk.clear()) >= 0) {
        digest.update(chunk.flip());
      }
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(file, e);
    }
  }
}

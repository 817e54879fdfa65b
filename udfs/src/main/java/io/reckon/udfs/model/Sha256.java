package io.reckon.udfs.model;

import io.reckon.engine.common.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Checksums of files. */
final class Sha256 {
  private static final int CHUNK_BYTES = 1 << 20;

  private Sha256() {}

  static MessageDigest digest() {
    return Hashes.sha256();
  }

  /** As {@code sha256sum} prints it. */
  static String of(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    }
    return of(digest);
  }
}

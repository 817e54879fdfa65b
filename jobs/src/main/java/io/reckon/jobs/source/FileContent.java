package io.reckon.jobs.source;

import io.reckon.jobs.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** What is in files of prompts, decompressed. */
final class FileContent {
  private static final int HEAD_BYTES = 64 << 10;

  private final Configuration hadoop;

  FileContent(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  InputStream open(Path file) throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    InputStream raw = file.getFileSystem(hadoop).open(file);
    return codec == null ? raw : codec.createInputStream(raw);
  }

  /** The first bytes, each as one character up to 255. */
  String head(Path file) {
    try (InputStream in = open(file)) {
      String head = new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
      return head.startsWith("\u00ef\u00bb\u00bf") ? head.substring(3) : head;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static UserError unreadable(Path path, IOException cause) {
    return new UserError("cannot read '" + path + "': " + cause.getMessage(), cause);
  }
}

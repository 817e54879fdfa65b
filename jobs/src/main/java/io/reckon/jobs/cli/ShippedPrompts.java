package io.reckon.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The prompt set of the jar, copied to a temporary file for as long as this is open. */
final class ShippedPrompts implements AutoCloseable {
  private static final String RESOURCE = "prompts.jsonl";

  private Path file;

  /** The copy; made by the first call. */
  Path file() {
    if (file == null) {
      file = copy();
    }
    return file;
  }

  private static Path copy() {
    try (InputStream in = ShippedPrompts.class.getResourceAsStream(RESOURCE)) {
      Path folder = Files.createTempDirectory("reckon-prompts-");
      Files.copy(in, folder.resolve(RESOURCE));
      return folder.resolve(RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException("the shipped prompts can't be copied to a temporary file", e);
    }
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
      // Spark's local file system may have left a checksum; the folder then stays, empty of ours.
      Files.deleteIfExists(file.getParent());
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }
}

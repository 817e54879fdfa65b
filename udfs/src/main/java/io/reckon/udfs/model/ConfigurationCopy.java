package io.reckon.udfs.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;

/**
 * What tells a model's shape without its weights: the small files of a folder, or the first bytes
 * of each part of a GGUF, whose header stands there. Gone when the process ends.
 */
record ConfigurationCopy(RemoteModel model) {
  /** Several times what the largest vocabularies take. */
  private static final int HEADER_BYTES = 64 << 20;

  private static final List<String> CONFIGURATION =
      List.of("config.json", "generation_config.json");

  /** The folder, or the file where the model is one. */
  Path write() throws IOException {
    Path temporary = Files.createTempDirectory("reckon-plan-");
    temporary.toFile().deleteOnExit();
    Path named = temporary.resolve(model.path().getName());
    if (model.isFolder()) {
      Files.createDirectory(named).toFile().deleteOnExit();
    }
    for (FileStatus file : model.files()) {
      String name = file.getPath().getName();
      if (!model.isFolder() || CONFIGURATION.contains(name)) {
        copyHead(file, model.isFolder() ? named.resolve(name) : named.resolveSibling(name));
      }
    }
    return named;
  }

  private void copyHead(FileStatus file, Path target) throws IOException {
    target.toFile().deleteOnExit();
    try (InputStream in = model.fileSystem().open(file.getPath())) {
      Files.write(target, in.readNBytes(HEADER_BYTES));
    }
  }
}

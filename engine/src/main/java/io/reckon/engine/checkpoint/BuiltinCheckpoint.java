package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The model that ships inside the jar, copied out once a process so that it can be mapped. */
final class BuiltinCheckpoint {
  private static final String RESOURCES = "/io/reckon/engine/builtin/";
  private static final List<String> FILES =
      List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

  private static Path folder;

  private BuiltinCheckpoint() {}

  /** The folder it was copied to; gone when the process ends. */
  static synchronized Path folder() {
    if (folder == null) {
      folder = copy();
    }
    return folder;
  }

  private static Path copy() {
    try {
      Path target = Files.createTempDirectory("reckon-builtin-");
      target.toFile().deleteOnExit();
      for (String name : FILES) {
        copy(name, target.resolve(name));
      }
      return target;
    } catch (IOException e) {
      throw new EngineException(
          ErrorCode.BAD_CHECKPOINT,
          "the built-in model can't be copied to the temporary folder ("
              + e.getMessage()
              + "); set java.io.tmpdir to a folder with room",
          e);
    }
  }

  private static void copy(String name, Path target) throws IOException {
    try (InputStream in = BuiltinCheckpoint.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new EngineException(
            ErrorCode.BAD_CHECKPOINT,
            "this build holds no built-in model ("
                + name
                + " is not in the jar); give a model folder");
      }
      target.toFile().deleteOnExit();
      Files.copy(in, target);
    }
  }
}

package io.reckon.engine.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where a model's files lie on this machine.
 *
 * @param name what reports call the model
 * @param path a Hugging Face folder or a GGUF file; not yet looked at
 */
public record ModelLocation(String name, Path path) {
  /** The name of the model that ships inside the jar. */
  public static final String BUILTIN = "builtin";

  private static final String OLLAMA = "ollama:";

  /** {@code hdfs://...}, {@code s3a://...}, {@code file:/...}: a scheme, then a slash. */
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");

  /** Whether a model's name is the address of a file system, which no engine reads from itself. */
  public static boolean isUri(String model) {
    return URI.matcher(model).matches();
  }

  /** Whether a model's name is one of Ollama's store. */
  public static boolean isOllama(String model) {
    return model.startsWith(OLLAMA);
  }

  /**
   * Finds a model by the name that a user gives it.
   *
   * @param model {@value #BUILTIN}, {@code ollama:NAME[:TAG]}, or the path of a folder or a file
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where Ollama has no such
   *     model, or it is an address
   */
  public static ModelLocation of(String model) {
    if (model.equals(BUILTIN)) {
      return new ModelLocation(BUILTIN, BuiltinCheckpoint.folder());
    }
    if (isOllama(model)) {
      return OllamaStore.ofThisMachine().find(model.substring(OLLAMA.length()));
    }
    if (isUri(model)) {
      throw CheckpointErrors.bad(
          model, "is an address, and only files of this machine are read here; give a path");
    }
    Path path = Path.of(model).toAbsolutePath().normalize();
    Path named = path.endsWith("config.json") ? path.getParent() : path;
    return new ModelLocation(String.valueOf(named.getFileName()), path);
  }

  /**
   * Reads the configuration alone: weights need not be there, so a GGUF may be cut behind its
   * header.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where there is none, or it
   *     is of a kind that is not supported
   */
  public ModelConfiguration configuration() {
    if (Files.isRegularFile(path) && !path.endsWith("config.json")) {
      return GgufParts.peek(path).configuration();
    }
    boolean isConfiguration = path.endsWith("config.json");
    Path folder = isConfiguration ? path.getParent() : path;
    if (!Files.isDirectory(folder)) {
      throw CheckpointErrors.bad(
          path,
          "there is no such file or folder; give 'builtin', a Hugging Face model folder or a GGUF"
              + " file");
    }
    return ConfigurationReader.read(folder);
  }
}

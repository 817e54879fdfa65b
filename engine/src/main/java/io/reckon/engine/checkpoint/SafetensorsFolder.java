package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** The weights of a Hugging Face folder: one file, or the shards that an index names. */
final class SafetensorsFolder {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final long INDEX_LIMIT_BYTES = 16 << 20;

  private SafetensorsFolder() {}

  /** The files in name order, their headers read. */
  static List<SafetensorsFile> open(Path folder) {
    if (Files.isRegularFile(folder.resolve(SINGLE))) {
      return List.of(SafetensorsFile.open(folder.resolve(SINGLE)));
    }
    if (Files.isRegularFile(folder.resolve(INDEX))) {
      return shards(folder);
    }
    throw CheckpointErrors.bad(
        folder,
        "holds neither "
            + SINGLE
            + " nor "
            + INDEX
            + "; give a Hugging Face model folder or a GGUF file");
  }

  private static List<SafetensorsFile> shards(Path folder) {
    Path index = folder.resolve(INDEX);
    JsonNode fileOfTensor = JsonFile.read(index, INDEX_LIMIT_BYTES).path("weight_map");
    if (fileOfTensor.isEmpty()) {
      throw CheckpointErrors.bad(index, "has no weight_map; the file may be damaged");
    }
    TreeSet<String> names = new TreeSet<>();
    fileOfTensor.forEach(name -> names.add(shard(index, name)));
    return names.stream().map(name -> SafetensorsFile.open(folder.resolve(name))).toList();
  }

  private static String shard(Path index, JsonNode name) {
    if (!name.isTextual() || !name.asText().matches("[A-Za-z0-9._-]+\\.safetensors")) {
      throw CheckpointErrors.bad(
          index,
          "names the shard %s; give plain names of .safetensors files in this folder"
              .formatted(CheckpointErrors.shown(name)));
    }
    return name.asText();
  }
}

package io.reckon.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The tensors of a model, in one safetensors file or in the shards that an index names. */
final class Weights {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final long INDEX_LIMIT_BYTES = 16 << 20;
  private static final int PROBLEMS_SHOWN = 5;

  private final Path folder;
  private final List<SafetensorsFile> files;
  private final Map<String, SafetensorsFile> fileOf = new HashMap<>();

  private Weights(Path folder, List<SafetensorsFile> files) {
    this.folder = folder;
    this.files = files;
    for (SafetensorsFile file : files) {
      file.names().forEach(name -> add(name, file));
    }
  }

  private void add(String name, SafetensorsFile file) {
    SafetensorsFile other = fileOf.put(name, file);
    if (other != null) {
      throw SafetensorsHeader.error(
          file.path(),
          name,
          "stands in " + other.path().getFileName() + " too; keep the files of one download only");
    }
  }

  static Weights open(Path folder) {
    if (Files.isRegularFile(folder.resolve(SINGLE))) {
      return new Weights(folder, List.of(SafetensorsFile.open(folder.resolve(SINGLE))));
    }
    if (Files.isRegularFile(folder.resolve(INDEX))) {
      return new Weights(folder, shards(folder));
    }
    throw CheckpointErrors.bad(
        folder, "holds neither " + SINGLE + " nor " + INDEX + "; give a Hugging Face model folder");
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

  /** The files in name order. */
  List<Path> files() {
    return files.stream().map(SafetensorsFile::path).toList();
  }

  /** Refuses weights that lack a tensor of {@code layout} or have it in another shape or type. */
  void check(Map<String, List<Integer>> layout) {
    List<String> problems = new ArrayList<>();
    layout.forEach(
        (name, shape) -> {
          if (!fileOf.containsKey(name)) {
            problems.add("tensor " + name + " is missing");
          } else if (!tensor(name).shape().equals(shape)) {
            problems.add(
                "tensor %s has shape %s where config.json asks for %s"
                    .formatted(name, tensor(name).shape(), shape));
          } else if (tensor(name).type().isEmpty()) {
            problems.add(
                "tensor %s is of type %s; give F32, F16 or BF16"
                    .formatted(name, tensor(name).typeName()));
          }
        });
    if (!problems.isEmpty()) {
      throw CheckpointErrors.bad(
          files.size() == 1 ? files.get(0).path() : folder, summary(problems));
    }
  }

  private static String summary(List<String> problems) {
    String shown =
        String.join("; ", problems.subList(0, Math.min(PROBLEMS_SHOWN, problems.size())));
    int more = problems.size() - PROBLEMS_SHOWN;
    return shown
        + (more > 0 ? "; and " + more + " more" : "")
        + "; give weights that belong to config.json";
  }

  /** Where a tensor lies that {@link #check} has seen. */
  StoredTensor tensor(String name) {
    return fileOf.get(name).tensor(name);
  }
}

package io.reckon.engine.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The tensors of a model by their Hugging Face names, whichever files they lie in. */
final class Weights {
  private static final int PROBLEMS_SHOWN = 5;
  private static final String UP = "kv_b_proj";
  private static final String SCALES = "_scale_inv";
  private static final String TYPES =
      Arrays.stream(TensorType.values()).map(Enum::name).collect(Collectors.joining(", "));

  private final Path place;
  private final Map<String, StoredTensor> tensors;
  private final UnaryOperator<String> nameInFile;

  /**
   * Takes what was found.
   *
   * @param place the file or folder, for messages
   * @param nameInFile gives what a tensor is called there
   */
  Weights(Path place, Map<String, StoredTensor> tensors, UnaryOperator<String> nameInFile) {
    this.place = place;
    this.tensors = Map.copyOf(tensors);
    this.nameInFile = nameInFile;
  }

  /** Refuses weights that lack a tensor of a model or have it in another shape or type. */
  void check(ModelConfiguration model) {
    List<String> problems = new ArrayList<>();
    WeightLayout.tensors(model)
        .forEach(
            (name, shape) -> {
              if (isSplit(name)) {
                checkSplit(model, name, problems);
              } else {
                check(name, List.of(shape), problems);
              }
            });
    if (!problems.isEmpty()) {
      throw CheckpointErrors.bad(place, summary(problems));
    }
  }

  /** Keys and values in two tensors, either of three sizes or with the heads in the rows. */
  private void checkSplit(ModelConfiguration model, String name, List<String> problems) {
    int heads = model.heads();
    int latent = model.latentRank();
    check(
        keys(name),
        List.of(
            List.of(heads, latent, model.nopeSize()), List.of(heads * latent, model.nopeSize())),
        problems);
    check(
        values(name),
        List.of(
            List.of(heads, model.valueSize(), latent), List.of(heads * model.valueSize(), latent)),
        problems);
  }

  private void check(String name, List<List<Integer>> shapes, List<String> problems) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      problems.add("tensor " + nameInFile.apply(name) + " is missing");
    } else if (!shapes.contains(tensor.shape())) {
      problems.add(
          "tensor %s has shape %s where the configuration asks for %s"
              .formatted(tensor.name(), tensor.shape(), shapes.get(0)));
    } else if (tensor.type().isEmpty()) {
      problems.add(
          "tensor %s is of type %s; give %s".formatted(tensor.name(), tensor.typeName(), TYPES));
    } else if (tensor.type().get() == TensorType.F8_E4M3) {
      scaleProblem(tensor, tensors.get(name + SCALES)).ifPresent(problems::add);
    }
  }

  private static Optional<String> scaleProblem(StoredTensor tensor, StoredTensor scales) {
    List<Integer> shape = tensor.shape().stream().map(ScaledMatrix::squares).toList();
    if (tensor.shape().size() == 2
        && scales != null
        && scales.shape().equals(shape)
        && scales.type().filter(type -> type != TensorType.F8_E4M3).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        "tensor %s is F8_E4M3 and needs the scales %s%s of shape %s beside it"
            .formatted(tensor.name(), tensor.name(), SCALES, shape));
  }

  private static String summary(List<String> problems) {
    String shown =
        String.join("; ", problems.subList(0, Math.min(PROBLEMS_SHOWN, problems.size())));
    int more = problems.size() - PROBLEMS_SHOWN;
    return shown
        + (more > 0 ? "; and " + more + " more" : "")
        + "; give weights that belong to the configuration";
  }

  /** A matrix that {@link #check} has seen. */
  WeightMatrix matrix(String name) {
    if (isSplit(name)) {
      return new SplitUpMatrix(stored(keys(name)), stored(values(name)));
    }
    StoredMatrix matrix = stored(name);
    return tensors.get(name).type().get() == TensorType.F8_E4M3
        ? new ScaledMatrix(matrix, stored(name + SCALES))
        : matrix;
  }

  /** A vector that {@link #check} has seen. */
  float[] vector(String name) {
    return stored(name).decode(0, 1);
  }

  private StoredMatrix stored(String name) {
    StoredTensor tensor = tensors.get(name);
    return new StoredMatrix(tensor, tensor.shape().get(tensor.shape().size() - 1));
  }

  private boolean isSplit(String name) {
    return name.contains(UP) && !tensors.containsKey(name) && tensors.containsKey(keys(name));
  }

  private static String keys(String name) {
    return name.replace(UP, "k_b_proj");
  }

  private static String values(String name) {
    return name.replace(UP, "v_b_proj");
  }

  /**
   * The tensors of several files together.
   *
   * @param name gives what a tensor's name in a file is changed to
   * @throws io.reckon.engine.api.EngineException where two come to have the same
   */
  static Map<String, StoredTensor> together(
      List<Map<String, StoredTensor>> files, UnaryOperator<String> name) {
    Map<String, StoredTensor> all = new HashMap<>();
    for (Map<String, StoredTensor> file : files) {
      for (StoredTensor tensor : file.values()) {
        StoredTensor other = all.put(name.apply(tensor.name()), tensor);
        if (other != null) {
          throw CheckpointErrors.tensor(
              tensor.file(),
              tensor.name(),
              "stands in "
                  + other.file().getFileName()
                  + " too; keep the files of one download only");
        }
      }
    }
    return all;
  }
}

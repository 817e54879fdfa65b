package io.reckon.engine.program;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.checkpoint.RowFormat;
import io.reckon.engine.checkpoint.WeightLayout;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.util.ArrayList;
import java.util.List;

/** Brings a checkpoint's weights into the program, in the order of the computation. */
final class WeightLoader {
  private final Checkpoint checkpoint;
  private final ModelConfiguration model;
  private final WeightMode mode;
  private final ScriptProgram script;
  private final LoadProgress progress;
  private final MatrixSource source;
  private final long totalBytes;
  private long loadedBytes;

  WeightLoader(
      Checkpoint checkpoint,
      WeightMode mode,
      ScriptProgram script,
      LoadProgress progress,
      MatrixSource source) {
    this.checkpoint = checkpoint;
    this.model = checkpoint.configuration();
    this.mode = mode;
    this.script = script;
    this.progress = progress;
    this.source = source;
    this.totalBytes = totalBytes();
  }

  private long totalBytes() {
    long bytes = 0;
    for (var tensor : WeightLayout.tensors(model).entrySet()) {
      if (tensor.getValue().size() == 2) {
        bytes += checkpoint.matrix(tensor.getKey()).storedBytes();
      }
    }
    return bytes;
  }

  /** Loads everything. */
  void load() {
    WeightMatrix embedding = checkpoint.matrix(WeightLayout.EMBEDDING);
    bring(embedding, mode.scalarType());
    script.run("keep_embedding");
    long output = model.tiedEmbedding() ? script.number("keep_tied") : -1;
    if (output < 0) {
      WeightMatrix matrix =
          model.tiedEmbedding() ? embedding : checkpoint.matrix(WeightLayout.OUTPUT);
      output = linear(matrix, mode.outputType());
    }
    try (NDManager scope = script.manager().newSubManager()) {
      script.run(
          "set_ends", IValue.from(vector(scope, WeightLayout.FINAL_NORM)), IValue.from(output));
    }
    for (int layer = 0; layer < model.layers(); layer++) {
      loadLayer(WeightLayout.layerPrefix(layer));
    }
    source.finish();
  }

  private void loadLayer(String layer) {
    String attention = layer + "self_attn.";
    String feedForward = layer + "mlp.";
    List<String> norms = new ArrayList<>(List.of(layer + "input_layernorm"));
    List<Long> linear = new ArrayList<>();
    WeightMatrix latent = halved(attention + "kv_a_proj_with_mqa", 1);
    if (model.compressesQuery()) {
      linear.add(linear(StackedMatrix.of(matrix(attention + "q_a_proj"), latent)));
      norms.add(attention + "q_a_layernorm");
      linear.add(linear(halved(attention + "q_b_proj", model.heads())));
    } else {
      linear.add(linear(StackedMatrix.of(halved(attention + "q_proj", model.heads()), latent)));
    }
    norms.add(attention + "kv_a_layernorm");
    norms.add(layer + "post_attention_layernorm");
    linear.add(linear(matrix(attention + "o_proj")));
    linear.add(
        linear(
            StackedMatrix.of(matrix(feedForward + "gate_proj"), matrix(feedForward + "up_proj"))));
    linear.add(linear(matrix(feedForward + "down_proj")));
    bring(matrix(attention + "kv_b_proj"), WeightMode.scalarType(RowFormat.F32));
    addLayer(norms, linear);
  }

  private void addLayer(List<String> norms, List<Long> linear) {
    try (NDManager scope = script.manager().newSubManager()) {
      script.run(
          "add_layer",
          IValue.listFrom(
              norms.stream()
                  .map(name -> vector(scope, name + ".weight"))
                  .toArray(PtNDArray[]::new)),
          IValue.listFrom(linear.stream().mapToLong(Long::longValue).toArray()));
    }
  }

  private WeightMatrix matrix(String name) {
    return checkpoint.matrix(name + ".weight");
  }

  private WeightMatrix halved(String name, int heads) {
    return new HalvedMatrix(matrix(name), heads, model.ropeSize());
  }

  private PtNDArray vector(NDManager scope, String name) {
    return (PtNDArray) scope.create(checkpoint.vector(name));
  }

  /** The number of a linear layer that is now kept. */
  private long linear(WeightMatrix matrix) {
    return linear(matrix, mode.layerType());
  }

  private long linear(WeightMatrix matrix, int type) {
    bring(matrix, type);
    return script.number("keep");
  }

  /**
   * Has the program take all rows.
   *
   * @param type how they are held, as {@link WeightMode#layerType} says
   */
  private void bring(WeightMatrix matrix, int type) {
    script.run(
        "begin", IValue.from(matrix.rows()), IValue.from(matrix.columns()), IValue.from(type));
    long before = loadedBytes;
    source.fill(
        matrix,
        type,
        share -> {
          // A tied embedding is read twice where the modes of its two uses differ.
          loadedBytes = Math.min(totalBytes, before + Math.round(share * matrix.storedBytes()));
          progress.loaded(loadedBytes, totalBytes);
        });
  }
}

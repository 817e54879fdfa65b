package io.reckon.engine.train;

import io.reckon.engine.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Hugging Face folder that a training run leaves. */
final class CheckpointFolder {
  private CheckpointFolder() {}

  /** Writes {@code config.json} and {@code model.safetensors} in bfloat16. */
  static void write(Path folder, ModelShape shape, float[] weights) throws IOException {
    Files.writeString(folder.resolve("config.json"), shape.configuration());
    SafetensorsWriter writer =
        new SafetensorsWriter(SafetensorsWriter.Type.BF16).metadata("format", "pt");
    int at = 0;
    for (ModelShape.Weight weight : shape.weights()) {
      if (weight.columns() == 0) {
        writer.tensor(weight.name(), weights, at, weight.rows());
      } else {
        writer.tensor(weight.name(), weights, at, weight.rows(), weight.columns());
      }
      at += weight.size();
    }
    writer.write(folder.resolve("model.safetensors"));
  }
}

package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.RandomCheckpoint;
import io.reckon.engine.checkpoint.block.PlainFormat;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  private static final int ROWS = 200;
  private static final int COLUMNS = 300;

  @TempDir Path folder;

  /** As DeepSeek publishes: the squares at the right and at the bottom are cut off. */
  @Test
  void multipliesFloatsOf8BitsByTheScaleOfTheirSquare() throws Exception {
    byte[] bytes = new byte[ROWS * COLUMNS];
    new Random(5).nextBytes(bytes);
    float[] scales = {1, 2, 3, 0.5f, 0.25f, 0.125f};
    Map<String, StoredTensor> tensors = write(bytes, scales);
    WeightMatrix matrix = new Weights(folder, tensors, UnaryOperator.identity()).matrix("w");
    float[] plain = new float[bytes.length];
    PlainFormat.F8_E4M3.decode(bytes, 0, plain, 0, bytes.length);
    for (int[] range : new int[][] {{0, ROWS}, {0, 1}, {100, 60}, {127, 2}, {128, 72}}) {
      float[] rows = rows(matrix, range[0], range[1]);
      for (int i = 0; i < rows.length; i++) {
        int row = range[0] + i / COLUMNS;
        float scale = scales[row / 128 * 3 + i % COLUMNS / 128];
        float expected = plain[row * COLUMNS + i % COLUMNS] * scale;
        assertThat(Float.valueOf(rows[i])).isEqualTo(Float.valueOf(expected));
      }
    }
  }

  @Test
  void refusesFloatsOf8BitsWithoutScales() throws Exception {
    new RandomCheckpoint(1).write(folder);
    Map<String, StoredTensor> tensors =
        SafetensorsFile.open(folder.resolve("model.safetensors")).tensors();
    StoredTensor stored = tensors.get(WeightLayout.EMBEDDING);
    StoredTensor eightBits =
        new StoredTensor(
            stored.file(),
            stored.name(),
            Optional.of(TensorType.F8_E4M3),
            "F8_E4M3",
            stored.shape(),
            stored.position(),
            stored.bytes());
    Map<String, StoredTensor> changed = new HashMap<>(tensors);
    changed.put(WeightLayout.EMBEDDING, eightBits);
    Weights weights = new Weights(folder, changed, UnaryOperator.identity());
    assertThatThrownBy(() -> weights.check(ConfigurationReader.read(folder)))
        .hasMessageContaining(
            "tensor model.embed_tokens.weight is F8_E4M3 and needs the scales"
                + " model.embed_tokens.weight_scale_inv of shape [1, 1] beside it");
  }

  private static float[] rows(WeightMatrix matrix, int first, int count) {
    ByteBuffer out =
        ByteBuffer.allocate(count * RowFormat.F32.rowBytes(COLUMNS)).order(ByteOrder.LITTLE_ENDIAN);
    matrix.read(RowFormat.F32, first, count, out);
    assertThat(out.hasRemaining()).isFalse();
    float[] rows = new float[count * COLUMNS];
    out.flip().asFloatBuffer().get(rows);
    return rows;
  }

  private Map<String, StoredTensor> write(byte[] bytes, float[] scales) throws Exception {
    ObjectNode header = new JsonMapper().createObjectNode();
    entry(header, "w", "F8_E4M3", List.of(ROWS, COLUMNS), 0, bytes.length);
    int end = bytes.length + 4 * scales.length;
    entry(header, "w_scale_inv", "F32", List.of(2, 3), bytes.length, end);
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(little(8).putLong(json.length).array());
    out.writeBytes(json);
    out.writeBytes(bytes);
    for (float scale : scales) {
      out.writeBytes(little(4).putFloat(scale).array());
    }
    return SafetensorsFile.open(Files.write(folder.resolve("w.safetensors"), out.toByteArray()))
        .tensors();
  }

  private static void entry(
      ObjectNode header, String name, String type, List<Integer> shape, int begin, int end) {
    ObjectNode entry = header.putObject(name).put("dtype", type);
    shape.forEach(entry.withArray("/shape")::add);
    entry.putArray("data_offsets").add(begin).add(end);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

package io.reckon.engine;

import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.checkpoint.RowFormat;
import io.reckon.engine.checkpoint.WeightMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The oracle: the model as the paper writes it, in float64, with every head's keys and values in
 * full, no cache, no batch.
 */
final class NaiveModel {
  private final Checkpoint checkpoint;
  private final ModelConfiguration model;

  NaiveModel(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    this.model = checkpoint.configuration();
  }

  /** The logits after the last token. */
  double[] logits(int... tokens) {
    double[][] x = new double[tokens.length][];
    double[][] embedding = matrix("model.embed_tokens");
    for (int t = 0; t < tokens.length; t++) {
      x[t] = embedding[tokens[t]].clone();
    }
    for (int layer = 0; layer < model.layers(); layer++) {
      String prefix = "model.layers." + layer + ".";
      addTo(x, attention(prefix + "self_attn.", normed(x, prefix + "input_layernorm")));
      addTo(x, feedForward(prefix + "mlp.", normed(x, prefix + "post_attention_layernorm")));
    }
    double[] last = norm(x[tokens.length - 1], vector("model.norm"));
    return times(model.tiedEmbedding() ? embedding : matrix("lm_head"), last);
  }

  private double[][] attention(String self, double[][] x) {
    int count = x.length;
    double[][] queries = queries(self, x);
    double[][] latents = new double[count][];
    double[][] rotaryKeys = new double[count][];
    for (int t = 0; t < count; t++) {
      double[] down = times(matrix(self + "kv_a_proj_with_mqa"), x[t]);
      latents[t] = norm(part(down, 0, model.latentRank()), vector(self + "kv_a_layernorm"));
      rotaryKeys[t] = rotate(part(down, model.latentRank(), model.ropeSize()), t);
    }
    double[][] heads = new double[count][model.heads() * model.valueSize()];
    for (int head = 0; head < model.heads(); head++) {
      attend(head, queries, keysAndValues(self, latents), rotaryKeys, heads);
    }
    return all(matrix(self + "o_proj"), heads);
  }

  private double[][] queries(String self, double[][] x) {
    return model.compressesQuery()
        ? all(
            matrix(self + "q_b_proj"),
            normed(all(matrix(self + "q_a_proj"), x), self + "q_a_layernorm"))
        : all(matrix(self + "q_proj"), x);
  }

  private double[][] keysAndValues(String self, double[][] latents) {
    return all(matrix(self + "kv_b_proj"), latents);
  }

  private void attend(
      int head, double[][] queries, double[][] up, double[][] rotaryKeys, double[][] heads) {
    int nope = model.nopeSize();
    int query = head * (nope + model.ropeSize());
    int key = head * (nope + model.valueSize());
    for (int t = 0; t < queries.length; t++) {
      double[] rotary = rotate(part(queries[t], query + nope, model.ropeSize()), t);
      double[] weights = new double[t + 1];
      double total = 0;
      for (int s = 0; s <= t; s++) {
        double score =
            dot(part(queries[t], query, nope), part(up[s], key, nope)) + dot(rotary, rotaryKeys[s]);
        weights[s] = Math.exp(score * scale());
        total += weights[s];
      }
      for (int s = 0; s <= t; s++) {
        for (int i = 0; i < model.valueSize(); i++) {
          heads[t][head * model.valueSize() + i] += weights[s] / total * up[s][key + nope + i];
        }
      }
    }
  }

  private double scale() {
    double plain = 1 / Math.sqrt(model.nopeSize() + model.ropeSize());
    return plain * model.ropeScaling().scoreFactor();
  }

  private double[] rotate(double[] x, int position) {
    double[] frequencies = model.rotaryFrequencies();
    double[] turned = new double[x.length];
    for (int i = 0; i < frequencies.length; i++) {
      double cos = Math.cos(position * frequencies[i]) * model.ropeScaling().magnitude();
      double sin = Math.sin(position * frequencies[i]) * model.ropeScaling().magnitude();
      turned[2 * i] = x[2 * i] * cos - x[2 * i + 1] * sin;
      turned[2 * i + 1] = x[2 * i] * sin + x[2 * i + 1] * cos;
    }
    return turned;
  }

  private double[][] feedForward(String mlp, double[][] x) {
    double[][] gate = all(matrix(mlp + "gate_proj"), x);
    double[][] up = all(matrix(mlp + "up_proj"), x);
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < gate[t].length; i++) {
        gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
      }
    }
    return all(matrix(mlp + "down_proj"), gate);
  }

  private double[][] normed(double[][] x, String name) {
    double[][] normed = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      normed[t] = norm(x[t], vector(name));
    }
    return normed;
  }

  private double[] norm(double[] x, double[] weight) {
    double scale = 1 / Math.sqrt(dot(x, x) / x.length + model.normEpsilon());
    double[] normed = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      normed[i] = x[i] * scale * weight[i];
    }
    return normed;
  }

  private static void addTo(double[][] x, double[][] more) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += more[t][i];
      }
    }
  }

  private static double[][] all(double[][] matrix, double[][] x) {
    double[][] products = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      products[t] = times(matrix, x[t]);
    }
    return products;
  }

  private static double[] times(double[][] matrix, double[] x) {
    double[] product = new double[matrix.length];
    for (int row = 0; row < matrix.length; row++) {
      product[row] = dot(matrix[row], x);
    }
    return product;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] part(double[] x, int from, int count) {
    return java.util.Arrays.copyOfRange(x, from, from + count);
  }

  private double[] vector(String name) {
    return exact(FloatBuffer.wrap(checkpoint.vector(name + ".weight")));
  }

  private double[][] matrix(String name) {
    WeightMatrix stored = checkpoint.matrix(name + ".weight");
    ByteBuffer bytes =
        ByteBuffer.allocate(stored.rows() * RowFormat.F32.rowBytes(stored.columns()))
            .order(ByteOrder.LITTLE_ENDIAN);
    stored.read(RowFormat.F32, 0, stored.rows(), bytes);
    double[] numbers = exact(bytes.flip().asFloatBuffer());
    double[][] matrix = new double[stored.rows()][];
    for (int row = 0; row < matrix.length; row++) {
      matrix[row] = part(numbers, row * stored.columns(), stored.columns());
    }
    return matrix;
  }

  private static double[] exact(FloatBuffer numbers) {
    double[] exact = new double[numbers.remaining()];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = numbers.get(i);
    }
    return exact;
  }
}

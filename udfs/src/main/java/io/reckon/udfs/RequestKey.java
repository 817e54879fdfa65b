package io.reckon.udfs;

import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.common.Hashes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Names a generation: a hash of all that can change it. The model's fingerprint covers the weights,
 * the tokenizer and the chat template, so messages stand here before they are rendered.
 *
 * <p>Every part is written with its length before it, so that no two requests write the same bytes.
 * The first half of the key hashes what decides the tokens, the second also what is kept of them:
 * asking for log-probabilities is another request with the same draws.
 */
final class RequestKey {
  /** Goes up when the meaning of a part changes, so that old keys are never mistaken for new. */
  private static final int VERSION = 3;

  /** Stands where a length would, for what is null. */
  private static final int NOTHING = -1;

  /** Stands before what few requests have, where the number of messages would be. */
  private static final int CONSTRAINT = -2;

  private static final int THINKING = -3;

  private static final int REFUSED = -4;

  private final MessageDigest digest = Hashes.sha256();

  private RequestKey() {}

  /**
   * 64 hexadecimal digits. A row that holds no request has a key of its own too, so that its error
   * is found again like any answer.
   *
   * @param turns {@link PromptRow#MESSAGES}; null where the prompt is
   */
  static String of(List<Row> turns, SamplingParameters sampling, ModelDescription model) {
    RequestKey key = begun(sampling, model);
    key.add(turns);
    return key.finished(sampling);
  }

  /** The key of a row whose own options can't be met. */
  static String ofRefused(
      List<Row> turns, String overrides, SamplingParameters sampling, ModelDescription model) {
    RequestKey key = begun(sampling, model);
    key.begin(REFUSED, overrides);
    key.add(turns);
    return key.finished(sampling);
  }

  private void add(List<Row> turns) {
    add(turns == null ? NOTHING : turns.size());
    for (Row turn : turns == null ? List.<Row>of() : turns) {
      addText(turn == null ? null : turn.getString(0));
      addText(turn == null ? null : turn.getString(1));
    }
  }

  /** With all that is the same for every row of a run. */
  private static RequestKey begun(SamplingParameters sampling, ModelDescription model) {
    RequestKey key = new RequestKey();
    key.add(VERSION);
    key.add(model.fingerprint());
    key.add(model.mode());
    key.add(sampling);
    return key;
  }

  private String finished(SamplingParameters sampling) {
    byte[] tokens = digest.digest();
    digest.update(tokens);
    add(sampling.listTokens() ? 1 : 0);
    add(sampling.topLogprobs());
    return half(tokens) + half(digest.digest());
  }

  private static String half(byte[] hash) {
    return HexFormat.of().formatHex(hash, 0, hash.length / 2);
  }

  private void add(SamplingParameters sampling) {
    add(sampling.temperature());
    add(sampling.topK());
    add(sampling.topP());
    add(sampling.minP());
    add(sampling.repetitionPenalty());
    add(sampling.presencePenalty());
    add(sampling.frequencyPenalty());
    add(sampling.logitBias().size());
    sampling
        .logitBias()
        .forEach(
            (token, bias) -> {
              add(token);
              add(bias);
            });
    add(sampling.stopStrings().size());
    sampling.stopStrings().forEach(this::add);
    add(sampling.stopTokens().size());
    sampling.stopTokens().forEach(this::add);
    add(sampling.seed());
    add(sampling.maxNewTokens());
    add(sampling.truncation().name());
    add(sampling.constraint());
    add(sampling.thinking());
  }

  private void add(OutputConstraint constraint) {
    if (constraint instanceof OutputConstraint.Choice choice) {
      begin(CONSTRAINT, "choice");
      add(choice.texts().size());
      choice.texts().forEach(this::add);
    } else if (constraint instanceof OutputConstraint.Regex regex) {
      begin(CONSTRAINT, "regex");
      add(regex.pattern());
    } else if (constraint instanceof OutputConstraint.JsonSchema schema) {
      begin(CONSTRAINT, "json-schema");
      add(schema.schema());
    }
  }

  private void add(Thinking thinking) {
    if (thinking instanceof Thinking.Limited limited) {
      begin(THINKING, "limited");
      add(limited.tokens());
    } else if (thinking instanceof Thinking.Off) {
      begin(THINKING, "off");
    } else if (thinking instanceof Thinking.On) {
      begin(THINKING, "on");
    } else if (thinking instanceof Thinking.Effort effort) {
      begin(THINKING, "effort");
      add(effort.level());
    }
  }

  private void begin(int part, String kind) {
    add(part);
    add(kind);
  }

  /** The seed of a request's own random stream. */
  static long seed(String requestKey, int sample) {
    long first = HexFormat.fromHexDigitsToLong(requestKey, 0, 16);
    return first + sample * 0x9E3779B97F4A7C15L;
  }

  private void add(double number) {
    add(Double.doubleToLongBits(number));
  }

  private void add(long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  private void addText(String textOrNull) {
    if (textOrNull == null) {
      add(NOTHING);
    } else {
      add(textOrNull);
    }
  }

  private void add(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    add(utf8.length);
    digest.update(utf8);
  }
}

package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The native tokenizers of a model: its own, and the same without its added tokens. Safe for any
 * thread.
 */
final class NativeTokenizers implements AutoCloseable {
  private static final Map<String, String> NOTHING_ADDED =
      Map.of(
          "truncation", "false",
          "padding", "false",
          "maxLength", String.valueOf(Integer.MAX_VALUE));

  private final TokenizerJson json;
  private final HuggingFaceTokenizer reference;

  /** Knows no added tokens; null until it is needed. Guarded by {@code this}. */
  private PlainTokenizer plain;

  /** Held while one of them is in use, so that closing can't free it under a caller. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private NativeTokenizers(TokenizerJson json, HuggingFaceTokenizer reference) {
    this.json = json;
    this.reference = reference;
  }

  /**
   * Loads a model's own.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where it can't be
   */
  static NativeTokenizers load(TokenizerJson json) {
    try {
      return new NativeTokenizers(json, json.load(NOTHING_ADDED));
    } catch (IOException | RuntimeException e) {
      throw TextErrors.badFile(
          json.file(),
          "is no tokenizer that can be loaded (%s); give a Hugging Face tokenizer"
              .formatted(e.getMessage()));
    }
  }

  /**
   * The ids of a text in which added tokens are recognised.
   *
   * @param framed whether the tokenizer adds its own begin and end tokens
   */
  int[] encode(String text, boolean framed) {
    return using(() -> ids(reference.encode(text, framed, false)));
  }

  /** The ids of a text in which none are. */
  int[] encodePlain(String text) {
    return using(() -> ids(plain().encoding(text)));
  }

  /** Which characters the tokens of a text cover. */
  TokenSpans spans(String text) {
    return using(
        () -> TokenSpans.of(text, reference.encode(text, false, false).getCharTokenSpans()));
  }

  /** The same where no added tokens are recognised. */
  TokenSpans spansPlain(String text) {
    return using(() -> TokenSpans.of(text, plain().encoding(text).getCharTokenSpans()));
  }

  /**
   * @param specialMarkers by id, what stays in the text although the tokenizer leaves it out
   */
  Detokenizer detokenizer(Map<Integer, String> specialMarkers) {
    return new WindowDetokenizer(reference, specialMarkers);
  }

  private synchronized PlainTokenizer plain() {
    if (plain == null) {
      plain = PlainTokenizer.load(json, NOTHING_ADDED);
    }
    return plain;
  }

  private static int[] ids(Encoding encoding) {
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  private <T> T using(Supplier<T> call) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new EngineException(ErrorCode.ENGINE_CLOSED, "the tokenizer is closed");
      }
      return call.get();
    } finally {
      use.readLock().unlock();
    }
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
      reference.close();
      closePlain();
    } finally {
      use.writeLock().unlock();
    }
  }

  private synchronized void closePlain() {
    if (plain != null) {
      plain.close();
    }
  }
}

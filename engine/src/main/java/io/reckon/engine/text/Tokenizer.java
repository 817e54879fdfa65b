package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The tokenizer of a model folder. Safe for any thread. */
public final class Tokenizer implements AutoCloseable {
  private static final String NO_LIMIT = String.valueOf(Integer.MAX_VALUE);

  private final HuggingFaceTokenizer reference;
  private final Vocabulary vocabulary;

  /** Held while the native tokenizer is in use, so that closing can't free it under a caller. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private Tokenizer(HuggingFaceTokenizer reference, Vocabulary vocabulary) {
    this.reference = reference;
    this.vocabulary = vocabulary;
  }

  /**
   * Loads {@code tokenizer.json}.
   *
   * @param vocabularySize rows of the model's embedding; no token may have an id beyond it
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it is missing or
   *     malformed
   */
  public static Tokenizer load(Path folder, int vocabularySize) {
    Path file = folder.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw TextErrors.badFile(file, "there is no such file; give a Hugging Face model folder");
    }
    Vocabulary vocabulary = Vocabulary.read(file);
    if (vocabulary.largestId() >= vocabularySize) {
      throw TextErrors.badFile(
          file,
          "has a token with id %d where the model knows %d tokens; give the model's own tokenizer"
              .formatted(vocabulary.largestId(), vocabularySize));
    }
    try {
      Map<String, String> options =
          Map.of("truncation", "false", "padding", "false", "maxLength", NO_LIMIT);
      return new Tokenizer(HuggingFaceTokenizer.newInstance(file, options), vocabulary);
    } catch (IOException | RuntimeException e) {
      throw TextErrors.badFile(file, "is no tokenizer that can be loaded (" + e.getMessage() + ")");
    }
  }

  /** The ids of a text in which added tokens are recognised. */
  public int[] encode(String text) {
    return encode(text, false);
  }

  /**
   * The ids of a text in which added tokens are recognised.
   *
   * @param framed whether the tokenizer adds its own begin and end tokens
   */
  int[] encode(String text, boolean framed) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new EngineException(ErrorCode.ENGINE_CLOSED, "the tokenizer is closed");
      }
      long[] ids = reference.encode(text, framed, false).getIds();
      return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    } finally {
      use.readLock().unlock();
    }
  }

  /** The text of some ids, special ones left out. */
  public String decode(int... ids) {
    Detokenizer detokenizer = detokenizer();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(detokenizer.append(id));
    }
    return text.append(detokenizer.finish()).toString();
  }

  Detokenizer detokenizer() {
    return vocabulary.byteLevel()
        ? new ByteLevelDetokenizer(vocabulary)
        : new WindowDetokenizer(reference);
  }

  /**
   * Starts the text of a generation.
   *
   * @param stopStrings end the answer where it comes to hold one
   */
  public GeneratedText generatedText(boolean insideThinking, List<String> stopStrings) {
    return new GeneratedText(detokenizer(), insideThinking, stopStrings);
  }

  List<AddedToken> added() {
    return vocabulary.added();
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
      reference.close();
    } finally {
      use.writeLock().unlock();
    }
  }
}

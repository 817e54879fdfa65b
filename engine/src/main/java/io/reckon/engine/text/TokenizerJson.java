package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.reckon.engine.checkpoint.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The JSON that describes a tokenizer as Hugging Face writes it, wherever it comes from. */
sealed interface TokenizerJson permits TokenizerFile, GgufTokenizer {
  /** The file that errors name. */
  Path file();

  /**
   * Reads it token by token.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it is missing, too
   *     large or malformed
   */
  <T> T stream(JsonFile.Reader<T> reader);

  /** Has the native tokenizer read it; the caller closes that. */
  HuggingFaceTokenizer load(Map<String, String> options) throws IOException;
}

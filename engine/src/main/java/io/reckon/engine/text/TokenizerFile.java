package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.reckon.engine.checkpoint.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A file {@code tokenizer.json}. */
record TokenizerFile(Path file) implements TokenizerJson {
  @Override
  public <T> T stream(JsonFile.Reader<T> reader) {
    return JsonFile.stream(file, VocabularyReader.LIMIT_BYTES, reader);
  }

  @Override
  public HuggingFaceTokenizer load(Map<String, String> options) throws IOException {
    return HuggingFaceTokenizer.newInstance(file, options);
  }
}

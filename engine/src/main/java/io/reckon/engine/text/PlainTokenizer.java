package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.reckon.engine.checkpoint.JsonFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A model's tokenizer without its added tokens: no text gives one. Safe for any thread. */
final class PlainTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private PlainTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Loads {@code tokenizer.json}, which was found good before. */
  static PlainTokenizer load(Path file, Map<String, String> options) {
    byte[] json =
        JsonFile.stream(file, VocabularyReader.LIMIT_BYTES, PlainTokenizer::withoutAddedTokens);
    try {
      return new PlainTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
    } catch (IOException | RuntimeException e) {
      throw TextErrors.badFile(
          file, "can't be loaded without its added tokens (" + e.getMessage() + ")");
    }
  }

  private static byte[] withoutAddedTokens(JsonParser parser) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
      parser.nextToken();
      generator.writeStartObject();
      for (String part = parser.nextFieldName(); part != null; part = parser.nextFieldName()) {
        parser.nextToken();
        generator.writeFieldName(part);
        if (part.equals("added_tokens")) {
          parser.skipChildren();
          generator.writeStartArray();
          generator.writeEndArray();
        } else {
          generator.copyCurrentStructure(parser);
        }
      }
      generator.writeEndObject();
    }
    return json.toByteArray();
  }

  Encoding encoding(String text) {
    return tokenizer.encode(text, false, false);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

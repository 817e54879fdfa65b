package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/** A model's tokenizer without its added tokens: no text gives one. Safe for any thread. */
final class PlainTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private PlainTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Loads a tokenizer that was found good before. */
  static PlainTokenizer load(TokenizerJson source, Map<String, String> options) {
    byte[] json = source.stream(PlainTokenizer::withoutAddedTokens);
    try {
      return new PlainTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
    } catch (IOException | RuntimeException e) {
      throw TextErrors.badFile(
          source.file(), "can't be loaded without its added tokens (" + e.getMessage() + ")");
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

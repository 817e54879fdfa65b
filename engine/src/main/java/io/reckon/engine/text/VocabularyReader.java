package io.reckon.engine.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.checkpoint.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what we need of {@code tokenizer.json} token by token, so that a hostile file takes no more
 * memory than the model's own number of tokens.
 */
final class VocabularyReader {
  static final long LIMIT_BYTES = 128L << 20;
  private static final int LONGEST_ADDED = 1024;

  private final Path file;
  private final JsonParser parser;
  private final ReasoningMarkers given;
  private final String[] spellings;
  private final List<AddedToken> added = new ArrayList<>();
  private boolean byteLevel;
  private boolean normalizes;
  private String unknown = "";

  private VocabularyReader(
      Path file, JsonParser parser, int vocabularySize, ReasoningMarkers given) {
    this.given = given;
    this.file = file;
    this.parser = parser;
    this.spellings = new String[vocabularySize];
  }

  /**
   * Reads a tokenizer.
   *
   * @param vocabularySize rows of the model's embedding; no token may have an id beyond it
   * @param given markers of reasoning
   * @throws EngineException {@code BAD_CHECKPOINT}
   */
  static Vocabulary read(TokenizerJson json, int vocabularySize, ReasoningMarkers given) {
    return json.stream(
        parser -> new VocabularyReader(json.file(), parser, vocabularySize, given).read());
  }

  private Vocabulary read() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw JsonFile.notAnObject(file);
    }
    for (String part = parser.nextFieldName(); part != null; part = parser.nextFieldName()) {
      parser.nextToken();
      switch (part) {
        case "added_tokens" -> readAdded();
        case "decoder" -> byteLevel = isByteLevel();
        case "normalizer" -> normalizes = isNormalizer();
        case "model" -> readModel();
        default -> parser.skipChildren();
      }
    }
    return Vocabulary.of(
        spellings, added, byteLevel, normalizes, unknown, KnownMarkers.of(given, added));
  }

  private void readAdded() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    require(JsonToken.START_ARRAY, "added_tokens is no list");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.START_OBJECT, "added_tokens holds what is no object");
      if (added.size() == spellings.length) {
        throw bad("has more added tokens than the " + spellings.length + " that the model knows");
      }
      added.add(readAddedToken());
    }
  }

  private AddedToken readAddedToken() throws IOException {
    int id = -1;
    String content = "";
    boolean special = false;
    boolean normalized = false;
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "id" -> id = id();
        case "content" -> content = parser.getText();
        case "special" -> special = parser.getValueAsBoolean();
        case "normalized" -> normalized = parser.getValueAsBoolean();
        default -> {}
      }
      parser.skipChildren();
    }
    requireId(id);
    if (content.isEmpty() || content.length() > LONGEST_ADDED) {
      throw bad(
          "has the added token %d of %d characters; 1 to %d are allowed"
              .formatted(id, content.length(), LONGEST_ADDED));
    }
    return new AddedToken(id, content, special, normalized);
  }

  private void readModel() throws IOException {
    require(JsonToken.START_OBJECT, "model is no object");
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      if (field.equals("vocab") && value == JsonToken.START_OBJECT) {
        readSpellings();
      } else if (field.equals("vocab") && value == JsonToken.START_ARRAY) {
        countPieces();
      } else if (field.equals("unk_token") && value == JsonToken.VALUE_STRING) {
        unknown = parser.getText();
      } else {
        parser.skipChildren();
      }
    }
  }

  /** The vocabulary as a map of spellings to ids. */
  private void readSpellings() throws IOException {
    for (String token = parser.nextFieldName(); token != null; token = parser.nextFieldName()) {
      parser.nextToken();
      int id = id();
      requireId(id);
      spellings[id] = token;
    }
  }

  /** The vocabulary as a list of pieces in the order of their ids. */
  private void countPieces() throws IOException {
    for (int id = 0; parser.nextToken() != JsonToken.END_ARRAY; id++) {
      requireId(id);
      parser.skipChildren();
    }
  }

  /** Whether the decoder at hand, an object or null, is {@code ByteLevel} or a sequence of it. */
  private boolean isByteLevel() throws IOException {
    boolean is = false;
    int parts = 0;
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return false;
    }
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      if (field.equals("type")) {
        is |= parser.getText().equals("ByteLevel");
      }
      if (field.equals("decoders") && value == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          is |= isByteLevel();
          parts++;
        }
      } else {
        parser.skipChildren();
      }
    }
    return is && parts <= 1;
  }

  /** Whether the normalizer at hand may change a text: there is one, and no empty sequence. */
  private boolean isNormalizer() throws IOException {
    boolean is = parser.currentToken() == JsonToken.START_OBJECT;
    for (String field = is ? parser.nextFieldName() : null;
        field != null;
        field = parser.nextFieldName()) {
      if (parser.nextToken() == JsonToken.START_ARRAY && field.equals("normalizers")) {
        is = parser.nextToken() != JsonToken.END_ARRAY;
        while (parser.currentToken() != JsonToken.END_ARRAY) {
          parser.skipChildren();
          parser.nextToken();
        }
      } else {
        parser.skipChildren();
      }
    }
    return is;
  }

  private int id() throws IOException {
    boolean whole =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() == JsonParser.NumberType.INT;
    if (!whole) {
      throw bad("has a token whose id is " + parser.getText() + "; the file may be damaged");
    }
    return parser.getIntValue();
  }

  private void requireId(int id) {
    if (id < 0 || id >= spellings.length) {
      throw bad(
          "has a token with id %d where the model knows %d tokens; give the model's own tokenizer"
              .formatted(id, spellings.length));
    }
  }

  private void require(JsonToken token, String problem) {
    if (parser.currentToken() != token) {
      throw bad(problem + "; the file may be damaged");
    }
  }

  private EngineException bad(String problem) {
    return TextErrors.badFile(file, problem);
  }
}

package io.reckon.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of every token of a byte-level tokenizer, and its added tokens.
 *
 * @param bytesOfId what each id stands for in generated text; special tokens stand for nothing
 * @param added tokens beside the model's own
 * @param byteLevel whether the ids' bytes are known; else only added tokens are
 * @param largestId of all tokens
 */
record Vocabulary(
    List<byte[]> bytesOfId, List<AddedToken> added, boolean byteLevel, int largestId) {
  private static final long LIMIT_BYTES = 256L << 20;
  private static final int MOST_IDS = 1 << 24;
  private static final byte[] NOTHING = {};

  /** Reads {@code tokenizer.json}. */
  static Vocabulary read(Path file) {
    JsonNode tokenizer = parse(file);
    List<AddedToken> added = new ArrayList<>();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      added.add(
          new AddedToken(
              token.path("id").asInt(-1),
              token.path("content").asText(),
              token.path("special").asBoolean()));
    }
    List<byte[]> bytes = new ArrayList<>();
    boolean byteLevel = isByteLevel(tokenizer.path("decoder"));
    if (byteLevel) {
      tokenizer
          .path("model")
          .path("vocab")
          .properties()
          .forEach(
              token ->
                  set(file, bytes, token.getValue().asInt(-1), ByteLevel.bytes(token.getKey())));
    }
    for (AddedToken token : added) {
      set(file, bytes, token.id(), text(token));
    }
    return new Vocabulary(
        List.copyOf(bytes), List.copyOf(added), byteLevel, largestId(tokenizer, bytes.size()));
  }

  /** The vocabulary maps pieces to ids, or lists pieces in the order of their ids. */
  private static int largestId(JsonNode tokenizer, int knownIds) {
    JsonNode pieces = tokenizer.path("model").path("vocab");
    int largest = knownIds - 1;
    if (pieces.isArray()) {
      return Math.max(largest, pieces.size() - 1);
    }
    for (JsonNode id : pieces) {
      largest = Math.max(largest, id.asInt());
    }
    return largest;
  }

  /** The bytes that a generated id stands for; none for special and unknown ids. */
  byte[] bytes(int id) {
    return id < bytesOfId.size() ? bytesOfId.get(id) : NOTHING;
  }

  /** The thinking markers are read by us, whether or not the tokenizer calls them special. */
  private static byte[] text(AddedToken token) {
    boolean hidden = token.special() && !ThinkMarkers.isMarker(token.content());
    return hidden ? NOTHING : token.content().getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isByteLevel(JsonNode decoder) {
    if (decoder.path("type").asText().equals("ByteLevel")) {
      return true;
    }
    JsonNode parts = decoder.path("decoders");
    return parts.size() == 1 && isByteLevel(parts.get(0));
  }

  private static void set(Path file, List<byte[]> bytes, int id, byte[] value) {
    if (id < 0 || id > MOST_IDS) {
      throw TextErrors.badFile(file, "has a token with id " + id + "; the file may be damaged");
    }
    while (bytes.size() <= id) {
      bytes.add(NOTHING);
    }
    bytes.set(id, value);
  }

  private static JsonNode parse(Path file) {
    try {
      if (Files.size(file) > LIMIT_BYTES) {
        throw TextErrors.badFile(file, "has more than " + LIMIT_BYTES + " bytes; is it the file?");
      }
      return new JsonMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw TextErrors.badFile(
          file, "can't be read as JSON (" + e.getMessage() + "); give a Hugging Face tokenizer");
    }
  }
}

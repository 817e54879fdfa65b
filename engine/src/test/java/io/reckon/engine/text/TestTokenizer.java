package io.reckon.engine.text;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.api.ReasoningMarkers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a byte-level tokenizer of one token a byte, with the markers of DeepSeek-R1. */
public final class TestTokenizer {
  /** In the order of their ids, from 0; byte b is id {@code MARKERS.size() + b}. */
  public static final List<String> MARKERS =
      List.of(
          "<｜begin▁of▁sentence｜>",
          "<｜end▁of▁sentence｜>",
          "<｜User｜>",
          "<｜Assistant｜>",
          "<think>",
          "</think>");

  public static final int SIZE = MARKERS.size() + 256;

  private static final JsonMapper JSON = new JsonMapper();

  private TestTokenizer() {}

  /** The id of a byte. */
  public static int ofByte(int value) {
    return MARKERS.size() + value;
  }

  /** Whether byte-level tokenizers spell a byte by this character. */
  static boolean isByte(int character) {
    return character < 256
        ? ByteLevel.isPrintable(character)
        : ByteLevel.bytes(Character.toString(character)).length == 1;
  }

  /** Writes {@code tokenizer.json}. */
  public static Path write(Path folder) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (String marker : MARKERS) {
      added
          .addObject()
          .put("id", added.size() - 1)
          .put("content", marker)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", !ReasoningMarkers.USUAL.isMarker(marker));
    }
    root.set("pre_tokenizer", byteLevel());
    root.set("decoder", byteLevel());
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    MARKERS.forEach(marker -> vocabulary.put(marker, vocabulary.size()));
    for (int character = 0; character < 512; character++) {
      byte[] bytes = ByteLevel.bytes(Character.toString(character));
      if (bytes.length == 1) {
        vocabulary.put(Character.toString(character), ofByte(bytes[0] & 0xff));
      }
    }
    model.putArray("merges");
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), root);
    return folder;
  }

  /** Writes {@code tokenizer_config.json} with a chat template. */
  public static Path writeTemplate(Path folder, String template) throws IOException {
    ObjectNode settings = JSON.createObjectNode();
    settings.put("bos_token", MARKERS.get(0)).put("chat_template", template);
    JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(), settings);
    return folder;
  }

  private static ObjectNode byteLevel() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }
}

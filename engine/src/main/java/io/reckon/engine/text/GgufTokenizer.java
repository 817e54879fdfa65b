package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.reckon.engine.checkpoint.GgufHeader;
import io.reckon.engine.checkpoint.JsonFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tokenizer of a GGUF: its vocabulary and merges, written as {@code tokenizer.json} has them,
 * so that one tokenizer reads both. Nothing of it is kept between the calls.
 *
 * @param vocabularySize rows of the model's embedding; some may be padding, so that there are fewer
 *     tokens
 */
record GgufTokenizer(GgufHeader header, int vocabularySize) implements TokenizerJson {
  private static final String KEYS = "tokenizer.ggml.";
  private static final String BYTE_PAIRS = "gpt2";

  /** Where a file has all ways to put a token together, as Llama 3's do, these are 2.2 a token. */
  private static final long MOST_MERGES_A_TOKEN = 16;

  /** Kinds of tokens, as {@code token_type} counts them. */
  private static final long UNKNOWN = 2;

  private static final long CONTROL = 3;
  private static final long USER_DEFINED = 4;

  /** Spellings of tokens that end a turn, of those that llama.cpp knows. */
  private static final Set<String> TURN_ENDS =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "<|end_of_text|>",
          "<｜end▁of▁sentence｜>");

  /**
   * Finds the tokenizer of a GGUF.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it has none, or one
   *     of a kind that is not supported
   */
  static GgufTokenizer of(GgufHeader header, int vocabularySize) {
    String model = header.text(KEYS + "model").orElse("none");
    if (!model.equals(BYTE_PAIRS)) {
      throw TextErrors.badFile(
          header.path(),
          "%smodel is '%s'; only '%s' is supported, the vocabulary of byte pairs"
              .formatted(KEYS, model, BYTE_PAIRS));
    }
    return new GgufTokenizer(header, vocabularySize);
  }

  /** The spelling of the token whose id a key names; empty where it names none. */
  static String marker(GgufHeader header, List<String> tokens, String key) {
    long id = header.whole(KEYS + key).orElse(-1);
    return id >= 0 && id < tokens.size() ? tokens.get((int) id) : "";
  }

  /**
   * Every token's spelling by id.
   *
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where there are more than
   *     the model's embedding has rows
   */
  static List<String> tokens(GgufHeader header, int vocabularySize) {
    return header.texts(KEYS + "tokens", vocabularySize);
  }

  /** Whether a control token of this spelling ends a turn. */
  static boolean endsTurn(String spelling) {
    return TURN_ENDS.contains(spelling);
  }

  @Override
  public Path file() {
    return header.path();
  }

  @Override
  public <T> T stream(JsonFile.Reader<T> reader) {
    return JsonFile.stream(file(), json(), reader);
  }

  @Override
  public HuggingFaceTokenizer load(Map<String, String> options) throws IOException {
    return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json()), options);
  }

  byte[] json() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void write(JsonGenerator json) throws IOException {
    List<String> tokens = tokens(header, vocabularySize);
    TextSplit split = TextSplit.named(header.text(KEYS + "pre").orElse("default"), file());
    json.writeStartObject();
    json.writeStringField("version", "1.0");
    writeAdded(json, tokens);
    split.write(json);
    writeFrame(json, tokens);
    json.writeObjectFieldStart("decoder");
    json.writeStringField("type", "ByteLevel");
    json.writeBooleanField("add_prefix_space", true);
    json.writeBooleanField("trim_offsets", true);
    json.writeBooleanField("use_regex", true);
    json.writeEndObject();
    writeModel(json, tokens, split);
    json.writeEndObject();
  }

  private void writeAdded(JsonGenerator json, List<String> tokens) throws IOException {
    List<Long> kinds = header.wholes(KEYS + "token_type", vocabularySize);
    if (!kinds.isEmpty() && kinds.size() != tokens.size()) {
      throw TextErrors.badFile(
          file(),
          "has %d tokens and %d token types; the file may be damaged"
              .formatted(tokens.size(), kinds.size()));
    }
    json.writeArrayFieldStart("added_tokens");
    for (int id = 0; id < kinds.size(); id++) {
      long kind = kinds.get(id);
      if (kind == CONTROL || kind == UNKNOWN || kind == USER_DEFINED) {
        writeAddedToken(json, id, tokens.get(id), kind != USER_DEFINED);
      }
    }
    json.writeEndArray();
  }

  private static void writeAddedToken(JsonGenerator json, int id, String content, boolean special)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", id);
    json.writeStringField("content", content);
    for (String never : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      json.writeBooleanField(never, false);
    }
    json.writeBooleanField("special", special);
    json.writeEndObject();
  }

  /** What is put around a text that no template has framed. */
  private void writeFrame(JsonGenerator json, List<String> tokens) throws IOException {
    String begin = frame(tokens, "add_bos_token", "bos_token_id");
    String end = frame(tokens, "add_eos_token", "eos_token_id");
    if (begin.isEmpty() && end.isEmpty()) {
      json.writeNullField("post_processor");
      return;
    }
    json.writeObjectFieldStart("post_processor");
    json.writeStringField("type", "TemplateProcessing");
    writePieces(json, "single", begin, List.of("A"), end);
    writePieces(json, "pair", begin, List.of("A", "B"), end);
    json.writeObjectFieldStart("special_tokens");
    for (String marker : begin.equals(end) ? List.of(begin) : List.of(begin, end)) {
      if (!marker.isEmpty()) {
        json.writeObjectFieldStart(marker);
        json.writeStringField("id", marker);
        writeList(json, "ids", tokens.indexOf(marker));
        json.writeArrayFieldStart("tokens");
        json.writeString(marker);
        json.writeEndArray();
        json.writeEndObject();
      }
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private String frame(List<String> tokens, String flag, String key) {
    return header.flag(KEYS + flag).orElse(false) ? marker(header, tokens, key) : "";
  }

  private static void writePieces(
      JsonGenerator json, String name, String begin, List<String> sequences, String end)
      throws IOException {
    json.writeArrayFieldStart(name);
    writePiece(json, "SpecialToken", begin);
    for (String sequence : sequences) {
      writePiece(json, "Sequence", sequence);
    }
    writePiece(json, "SpecialToken", end);
    json.writeEndArray();
  }

  private static void writePiece(JsonGenerator json, String kind, String id) throws IOException {
    if (!id.isEmpty()) {
      json.writeStartObject();
      json.writeObjectFieldStart(kind);
      json.writeStringField("id", id);
      json.writeNumberField("type_id", 0);
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void writeList(JsonGenerator json, String name, int number) throws IOException {
    json.writeArrayFieldStart(name);
    json.writeNumber(number);
    json.writeEndArray();
  }

  private void writeModel(JsonGenerator json, List<String> tokens, TextSplit split)
      throws IOException {
    json.writeObjectFieldStart("model");
    json.writeStringField("type", "BPE");
    json.writeBooleanField("ignore_merges", split.ignoresMerges());
    json.writeObjectFieldStart("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      json.writeNumberField(tokens.get(id), id);
    }
    json.writeEndObject();
    json.writeArrayFieldStart("merges");
    for (String merge : header.texts(KEYS + "merges", MOST_MERGES_A_TOKEN * vocabularySize)) {
      json.writeString(merge);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}

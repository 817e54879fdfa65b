package io.reckon.engine.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a text is split before byte pairs are merged, by the names that a GGUF has for it in {@code
 * tokenizer.ggml.pre}. The patterns are those of the tokenizers named, in Oniguruma's syntax; each
 * splits what the one before it has left.
 */
enum TextSplit {
  GPT_2(Set.of("gpt-2"), Patterns.GPT_2),
  DEFAULT(
      Set.of("default"), "[\\p{P}\\$\\+<=>\\^~\\|]+", Patterns.GPT_2, "\\p{N}+", "[0-9][0-9][0-9]"),
  LLAMA_3(Set.of("llama-bpe", "llama3", "llama-v3"), Patterns.words("\\p{N}{1,3}")),
  QWEN_2(Set.of("qwen2", "deepseek-r1-qwen"), Patterns.words("\\p{N}")),
  DEEPSEEK_LLM(
      Set.of("deepseek-llm"),
      "[\\r\\n]",
      // Letters that have a case, but for those of Georgian that had none when it was made.
      "\\s?[\\p{Lu}\\p{Ll}\\p{Lt}&&[^\\x{10C7}\\x{10CD}\\x{10D0}-\\x{10FF}]]+",
      "\\s?[!-/:-~\\x{FF01}-\\x{FF0F}\\x{FF1A}-\\x{FF5E}\\x{2018}-\\x{201F}\\x{3000}-\\x{3002}]+",
      "\\s+$",
      Patterns.UNSPACED_SCRIPTS,
      "\\p{N}"),
  DEEPSEEK_CODER(
      Set.of("deepseek-coder"),
      "[\\r\\n]",
      "\\s?\\p{L}+",
      "\\s?\\p{P}+",
      Patterns.UNSPACED_SCRIPTS,
      "\\p{N}"),
  DEEPSEEK_V3(
      Set.of("deepseek-v3"),
      "\\p{N}{1,3}",
      "[\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}]+",
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
          + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
          + Patterns.SPACE),
  YOUTU(
      Set.of("youtu"),
      // Korean, the punctuation of Chinese and Japanese, Bopomofo, Chinese characters and kana.
      "[\\x{AC00}-\\x{D7A3}\\x{3131}-\\x{318E}]+"
          + "|[\\x{FF01}\\x{2026}\\x{201C}\\x{201D}\\x{2018}\\x{2019}\\x{2014}\\x{FF1A}\\x{FF1B}\\x{FF0C}"
          + "\\x{3001}-\\x{303F}\\x{FE30}-\\x{FE4F}]+"
          + "|[\\x{3105}-\\x{312F}]+"
          + "|[\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}]+",
      Patterns.cased(Patterns.CAPITALS + "*" + Patterns.SMALL + "+")
          + Patterns.cased(Patterns.CAPITALS + "+" + Patterns.SMALL + "*")
          + "\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
          + Patterns.SPACE);

  private final Set<String> names;
  private final List<String> patterns;

  TextSplit(Set<String> names, String... patterns) {
    this.names = names;
    this.patterns = List.of(patterns);
  }

  /** What several of the tokenizers share. */
  private static final class Patterns {
    static final String GPT_2 =
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    static final String SPACE = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final String UNSPACED_SCRIPTS =
        "[\\x{4E00}-\\x{9FA5}\\x{0800}-\\x{4E00}\\x{AC00}-\\x{D7FF}]+";

    static final String CAPITALS = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    static final String SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

    /** A word of a shape, with what stands before it and an English ending; as a first choice. */
    static String cased(String shape) {
      return "[^\\r\\n\\p{L}\\p{N}]?"
          + shape
          + "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|";
    }

    static String words(String number) {
      return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
          + number
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + SPACE;
    }
  }

  /**
   * Finds a split by its name.
   *
   * @param file that names it
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where there is none: a text
   *     that is split another way gives other ids
   */
  static TextSplit named(String name, Path file) {
    return Arrays.stream(values())
        .filter(split -> split.names.contains(name))
        .findFirst()
        .orElseThrow(
            () ->
                TextErrors.badFile(
                    file,
                    "tokenizer.ggml.pre is '%s'; supported are %s; give a Hugging Face folder"
                        .formatted(name, allNames())));
  }

  private static String allNames() {
    return Arrays.stream(values())
        .flatMap(split -> split.names.stream().sorted())
        .collect(Collectors.joining(", "));
  }

  /** Whether a piece that is a token as it stands is taken without merging. */
  boolean ignoresMerges() {
    return this == LLAMA_3 || this == YOUTU;
  }

  /** Writes a tokenizer's {@code normalizer} and {@code pre_tokenizer}. */
  void write(JsonGenerator json) throws IOException {
    if (this == QWEN_2) {
      json.writeObjectFieldStart("normalizer");
      json.writeStringField("type", "NFC");
      json.writeEndObject();
    }
    json.writeObjectFieldStart("pre_tokenizer");
    json.writeStringField("type", "Sequence");
    json.writeArrayFieldStart("pretokenizers");
    for (String pattern : patterns) {
      writeSplit(json, pattern);
    }
    json.writeStartObject();
    json.writeStringField("type", "ByteLevel");
    for (String never : List.of("add_prefix_space", "trim_offsets", "use_regex")) {
      json.writeBooleanField(never, false);
    }
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeSplit(JsonGenerator json, String pattern) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "Split");
    json.writeObjectFieldStart("pattern");
    json.writeStringField("Regex", pattern);
    json.writeEndObject();
    json.writeStringField("behavior", "Isolated");
    json.writeBooleanField("invert", false);
    json.writeEndObject();
  }
}

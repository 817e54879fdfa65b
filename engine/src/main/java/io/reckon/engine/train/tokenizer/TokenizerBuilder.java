package io.reckon.engine.train.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a byte-level BPE tokenizer as {@code tokenizer.json} and {@code tokenizer_config.json}.
 *
 * <p>Each digit, sign and line break is a token of its own; words that are frequent in the problems
 * are one token each; anything else falls back to bytes, so every text can be encoded.
 */
public final class TokenizerBuilder {
  public static final String BEGIN_OF_SENTENCE = "<｜begin▁of▁sentence｜>";
  public static final String END_OF_SENTENCE = "<｜end▁of▁sentence｜>";
  public static final String PAD = "<｜▁pad▁｜>";
  public static final String USER = "<｜User｜>";
  public static final String ASSISTANT = "<｜Assistant｜>";
  public static final String THINK = "<think>";
  public static final String END_OF_THINK = "</think>";

  /** In the order of their ids, from 0. */
  static final List<String> ADDED =
      List.of(BEGIN_OF_SENTENCE, END_OF_SENTENCE, PAD, USER, ASSISTANT, THINK, END_OF_THINK);

  private static final int LARGEST_VOCABULARY = 1024;
  private static final int VOCABULARY_MULTIPLE = 64;
  private static final int SAMPLE = 30_000;

  /** Words rarer than this in the sample stay in bytes. */
  private static final int RAREST_WORD = 12;

  private static final String PIECES = " ?\\p{L}+|\\p{N}|[^\\p{L}\\p{N}]";
  private static final Pattern PIECE = Pattern.compile(PIECES);

  /** The template of DeepSeek-R1, without its tool calls. */
  private static final String CHAT_TEMPLATE =
      "{{ bos_token }}"
          + "{% for message in messages %}"
          + "{% if message['role'] == 'system' %}{{ message['content'] }}{% endif %}"
          + "{% endfor %}"
          + "{% for message in messages %}"
          + "{% if message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}{% endif %}"
          + "{% if message['role'] == 'assistant' %}"
          + "{{ '<｜Assistant｜>' + message['content'].split('</think>')[-1]"
          + " + '<｜end▁of▁sentence｜>' }}{% endif %}"
          + "{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final long seed;

  /**
   * @param seed of the problems whose words are counted
   */
  public TokenizerBuilder(long seed) {
    this.seed = seed;
  }

  /** Writes both files into {@code folder}, which is made where it is missing. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer());
    JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(), configuration());
  }

  private ObjectNode tokenizer() {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < ADDED.size(); id++) {
      added.add(addedToken(id));
    }
    root.putNull("normalizer");
    root.set("pre_tokenizer", preTokenizer());
    root.set("post_processor", byteLevel());
    root.set("decoder", byteLevel());
    root.set("model", model());
    return root;
  }

  private static ObjectNode addedToken(int id) {
    String content = ADDED.get(id);
    return JSON.createObjectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", !content.equals(THINK) && !content.equals(END_OF_THINK));
  }

  private static ObjectNode preTokenizer() {
    ObjectNode split = JSON.createObjectNode().put("type", "Split");
    split.putObject("pattern").put("Regex", PIECES);
    split.put("behavior", "Isolated").put("invert", false);
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    sequence.putArray("pretokenizers").add(split).add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  private ObjectNode model() {
    Set<String> tokens = new LinkedHashSet<>(ADDED);
    for (int value = 0; value < 256; value++) {
      tokens.add(String.valueOf(ByteAlphabet.of(value)));
    }
    List<MergeTrainer.Merge> merges = merges(LARGEST_VOCABULARY - tokens.size());
    merges.forEach(merge -> tokens.add(merge.joined()));

    ObjectNode model = JSON.createObjectNode().put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (String token : tokens) {
      vocabulary.put(token, vocabulary.size());
    }
    ArrayNode list = model.putArray("merges");
    merges.forEach(merge -> list.add(merge.left() + " " + merge.right()));
    return model;
  }

  /** As many merges as there are, cut so that the vocabulary is a multiple of 64. */
  private List<MergeTrainer.Merge> merges(int limit) {
    List<MergeTrainer.Merge> merges = new ArrayList<>(MergeTrainer.train(words(), limit));
    int others = LARGEST_VOCABULARY - limit;
    int vocabulary = (others + merges.size()) / VOCABULARY_MULTIPLE * VOCABULARY_MULTIPLE;
    return merges.subList(0, vocabulary - others);
  }

  private Map<String, Integer> words() {
    ProblemGenerator generator = new ProblemGenerator(seed);
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < SAMPLE; i++) {
      Problem problem = generator.training();
      count(problem.prompt(), counts);
      count(problem.reasoning(), counts);
      count(problem.answer(), counts);
      problem.system().ifPresent(text -> count(text, counts));
    }
    counts.values().removeIf(count -> count < RAREST_WORD);
    return counts;
  }

  private static void count(String text, Map<String, Integer> counts) {
    Matcher pieces = PIECE.matcher(text);
    while (pieces.find()) {
      String piece = ByteAlphabet.encode(pieces.group());
      if (piece.length() > 1) {
        counts.merge(piece, 1, Integer::sum);
      }
    }
  }

  private static ObjectNode configuration() {
    return JSON.createObjectNode()
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("bos_token", BEGIN_OF_SENTENCE)
        .put("eos_token", END_OF_SENTENCE)
        .put("pad_token", PAD)
        .put("add_bos_token", false)
        .put("add_eos_token", false)
        .put("clean_up_tokenization_spaces", false)
        .put("chat_template", CHAT_TEMPLATE);
  }
}

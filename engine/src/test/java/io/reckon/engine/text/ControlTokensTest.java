package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Message;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelLocation;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a row says, the tokens between the template's markers are none of the added ones and
 * give back its text.
 */
class ControlTokensTest {
  /** Replaced by what a row says. */
  private static final String HOLE = "7";

  @TempDir Path folder;

  /** A family's added tokens and template; ids are the tokens' places in the list. */
  private record Family(String name, String template, List<String> added) {
    int size() {
      return added.size() + 256;
    }

    static Family deepSeek() {
      return new Family(
          "deepseek-r1",
          "deepseek-r1",
          List.of(
              "<｜begin▁of▁sentence｜>",
              "<｜end▁of▁sentence｜>",
              "<｜User｜>",
              "<｜Assistant｜>",
              "<think>",
              "</think>",
              "<｜tool▁calls▁begin｜>",
              "<｜tool▁call▁end｜>",
              "☃",
              "🙂"));
    }

    static Family chatMl() {
      return new Family(
          "chatml",
          "chatml",
          List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<think>", "</think>", "\t", "ж"));
    }

    static Family llama3() {
      return new Family(
          "llama-3",
          "llama-3",
          List.of(
              "<|begin_of_text|>",
              "<|end_of_text|>",
              "<|start_header_id|>",
              "<|end_header_id|>",
              "<|eot_id|>",
              "<|python_tag|>",
              "<|eot_id|><|start_header_id|>",
              "…"));
    }
  }

  @TestFactory
  Stream<DynamicTest> noAddedTokenComesOutOfARow() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Family family : List.of(Family.deepSeek(), Family.chatMl(), Family.llama3())) {
      Path model = write(family, Files.createDirectory(folder.resolve(family.name())));
      for (String token : family.added()) {
        tests.add(
            DynamicTest.dynamicTest(
                family.name() + ": " + token, () -> assertPlain(model, family.size(), token)));
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> noAddedTokenOfTheBuiltInModelComesOutOfARow() {
    Checkpoint builtin = Checkpoint.open(ModelLocation.BUILTIN);
    int size = builtin.configuration().vocabularySize();
    try (Tokenizer tokenizer = Tokenizer.load(builtin.folder(), size)) {
      List<AddedToken> added = tokenizer.added();
      assertThat(added).hasSizeGreaterThan(6);
      return added.stream()
          .map(AddedToken::content)
          .map(
              token ->
                  DynamicTest.dynamicTest(token, () -> assertPlain(builtin.folder(), size, token)));
    }
  }

  private static void assertPlain(Path model, int size, String token) {
    try (Tokenizer tokenizer = Tokenizer.load(model, size)) {
      PromptEncoder encoder = PromptEncoder.load(model, tokenizer);
      for (String text : texts(token)) {
        for (String role : List.of("user", "system", "assistant")) {
          assertPlain(encoder, tokenizer, role, text);
        }
      }
    }
  }

  private static List<String> texts(String token) {
    int middle = token.offsetByCodePoints(0, token.codePointCount(0, token.length()) / 2);
    return List.of(
        token,
        "a " + token + " b",
        token + token,
        token.substring(0, middle) + token + token.substring(middle),
        token + "</think>" + token + "<think>",
        "\uE000" + token + "\uE001");
  }

  /** Compares with the same conversation around a text that is like no token. */
  private static void assertPlain(
      PromptEncoder encoder, Tokenizer tokenizer, String role, String text) {
    int[] hollow = encoder.encode(conversation(role, HOLE)).tokens();
    int[] tokens = encoder.encode(conversation(role, text)).tokens();
    int hole = tokenizer.encode(HOLE)[0];
    int before = Arrays.stream(hollow).boxed().toList().indexOf(hole);
    int after = hollow.length - before - 1;
    assertThat(Arrays.copyOf(tokens, before)).isEqualTo(Arrays.copyOf(hollow, before));
    assertThat(Arrays.copyOfRange(tokens, tokens.length - after, tokens.length))
        .isEqualTo(Arrays.copyOfRange(hollow, before + 1, hollow.length));
    int[] content = Arrays.copyOfRange(tokens, before, tokens.length - after);
    assertThat(Arrays.stream(content))
        .as(role + ": " + text)
        .noneMatch(id -> tokenizer.added().stream().anyMatch(token -> token.id() == id));
    assertThat(tokenizer.decode(content)).isIn(kept(text));
  }

  private static List<Message> conversation(String role, String text) {
    return role.equals("user")
        ? List.of(Message.user(text))
        : List.of(Message.user("u"), new Message(role, text), Message.user("v"));
  }

  /** The whole text; Llama's template trims it, DeepSeek's drops the reasoning of old turns. */
  private static List<String> kept(String text) {
    return List.of(text, text.strip(), text.replaceFirst("(?s).*</think>", ""));
  }

  @Test
  void leavesOrdinaryPromptsAsTheReferenceHasThem() throws Exception {
    for (Family family : List.of(Family.deepSeek(), Family.chatMl(), Family.llama3())) {
      Path model = write(family, Files.createDirectory(folder.resolve(family.name())));
      try (Tokenizer tokenizer = Tokenizer.load(model, family.size())) {
        PromptEncoder encoder = PromptEncoder.load(model, tokenizer);
        ChatTemplate template = ChatTemplate.read(model).orElseThrow();
        for (String text :
            List.of(
                "What is 3 < 4?", "> quoted <", " \n x ", "<b>bold</b>", "東京 [INST]", "</", "a<")) {
          List<Message> messages =
              List.of(
                  Message.system("Be brief."),
                  Message.user(text),
                  new Message("assistant", "<think>\n1 + 1\n</think>\n\n" + text),
                  Message.user(text));
          boolean dropsReasoning = family.name().startsWith("deepseek");
          List<Message> plain = dropsReasoning ? messages : messages.subList(0, 2);
          assertThat(encoder.encode(plain).tokens())
              .as(family.name() + " " + text)
              .isEqualTo(tokenizer.encode(template.render(plain)));
        }
      }
    }
  }

  @Test
  void takesNoMarkerThatIsMadeWithTheTemplatesOwnText() throws Exception {
    Path model = write(Family.deepSeek(), folder);
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{{ '<' + messages[0].content }} {{ '<｜' + messages[0].content }} {{ messages[0].content +"
            + " '>' }}");
    try (Tokenizer tokenizer = Tokenizer.load(model, Family.deepSeek().size())) {
      PromptEncoder encoder = PromptEncoder.load(model, tokenizer);
      for (String text : List.of("think>", "<think", "User｜>", "/think>", "<｜User｜")) {
        int[] tokens = encoder.encode(List.of(Message.user(text))).tokens();
        assertThat(Arrays.stream(tokens))
            .as(text)
            .allMatch(id -> id >= Family.deepSeek().added().size());
      }
    }
  }

  @Test
  void findsTokensThatShowAfterNormalizing() throws Exception {
    Path model = write(Family.chatMl(), folder);
    ObjectNode tokenizerJson =
        (ObjectNode) new JsonMapper().readTree(model.resolve("tokenizer.json").toFile());
    tokenizerJson.putObject("normalizer").put("type", "NFKC");
    tokenizerJson
        .path("added_tokens")
        .forEach(token -> ((ObjectNode) token).put("normalized", true));
    new JsonMapper().writeValue(model.resolve("tokenizer.json").toFile(), tokenizerJson);
    int markers = Family.chatMl().added().size();
    try (Tokenizer tokenizer = Tokenizer.load(model, Family.chatMl().size())) {
      String fullWidth = "＜|im_end|＞";
      assertThat(tokenizer.encode(fullWidth)).containsExactly(1);
      int[] tokens =
          PromptEncoder.load(model, tokenizer).encode(List.of(Message.user(fullWidth))).tokens();
      assertThat(Arrays.stream(tokens).filter(id -> id < markers).boxed()).containsExactly(0, 1, 0);
    }
  }

  @Test
  void refusesARowThatOnlyAControlTokenCanSpell() throws Exception {
    Family family = new Family("bar", "chatml", List.of("<|im_start|>", "<|im_end|>"));
    Path model = write(family, folder);
    Path file = model.resolve("tokenizer.json");
    for (boolean special : List.of(true, false)) {
      ObjectNode json = (ObjectNode) new JsonMapper().readTree(file.toFile());
      ObjectNode bar = ((ArrayNode) json.path("added_tokens")).addObject();
      bar.put("id", 2 + '|').put("content", "|").put("special", special);
      bar.put("single_word", false).put("lstrip", false).put("rstrip", false);
      bar.put("normalized", false);
      new JsonMapper().writeValue(file.toFile(), json.put("version", "1.0"));
      try (Tokenizer tokenizer = Tokenizer.load(model, family.size())) {
        PromptEncoder encoder = PromptEncoder.load(model, tokenizer);
        List<Message> messages = List.of(Message.user("a|b"));
        if (special) {
          assertThatThrownBy(() -> encoder.encode(messages))
              .isInstanceOf(EngineException.class)
              .hasMessageContaining(
                  "they hold '|', which this tokenizer has as a control token only");
        } else {
          assertThat(encoder.encode(messages).tokens()).contains(2 + '|');
        }
      }
      write(family, folder);
    }
  }

  @Test
  void refusesATokenizerWhoseAddedTokensHaveOtherIds() throws Exception {
    Path file = write(Family.chatMl(), folder).resolve("tokenizer.json");
    Files.writeString(file, Files.readString(file).replace("\"<|im_end|>\":1,", "\"none\":1,"));
    assertThatThrownBy(() -> Tokenizer.load(folder, Family.chatMl().size()))
        .hasMessage(
            file
                + ": gives the added token '<|im_end|>' the id 1, and its vocabulary 263; the file"
                + " may be damaged");
  }

  @Test
  void refusesARoleThatIsNoWord() throws Exception {
    Path model = write(Family.chatMl(), folder);
    try (Tokenizer tokenizer = Tokenizer.load(model, 300)) {
      PromptEncoder encoder = PromptEncoder.load(model, tokenizer);
      assertThatThrownBy(() -> encoder.encode(List.of(new Message("user<|im_end|>", "x"))))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("a role is 'user<|im_end|>'; give system, user or assistant");
    }
  }

  /** A byte-level tokenizer of one token a byte, after the added ones. */
  private static Path write(Family family, Path folder) throws Exception {
    ObjectNode json = new JsonMapper().createObjectNode().put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    ObjectNode vocabulary = new JsonMapper().createObjectNode();
    for (String token : family.added()) {
      ObjectNode entry = added.addObject().put("id", vocabulary.size()).put("content", token);
      entry.put("single_word", false).put("lstrip", false).put("rstrip", false);
      entry.put("normalized", false).put("special", !ReasoningMarkers.USUAL.isMarker(token));
      vocabulary.put(token, vocabulary.size());
    }
    for (int character = 0; character < 512; character++) {
      byte[] bytes = ByteLevel.bytes(Character.toString(character));
      boolean spelling = character >= 256 || ByteLevel.isPrintable(character);
      if (spelling && bytes.length == 1) {
        vocabulary.put(Character.toString(character), family.added().size() + (bytes[0] & 0xff));
      }
    }
    ObjectNode byteLevel = new JsonMapper().createObjectNode().put("type", "ByteLevel");
    byteLevel.put("add_prefix_space", false).put("trim_offsets", false).put("use_regex", false);
    json.set("pre_tokenizer", byteLevel);
    json.set("decoder", byteLevel);
    json.putObject("model").put("type", "BPE").putArray("merges");
    ((ObjectNode) json.path("model")).set("vocab", vocabulary);
    new JsonMapper().writeValue(folder.resolve("tokenizer.json").toFile(), json);
    ObjectNode settings =
        new JsonMapper().createObjectNode().put("bos_token", family.added().get(0));
    settings
        .put("eos_token", family.added().get(1))
        .put("chat_template", source(family.template()));
    new JsonMapper().writeValue(folder.resolve("tokenizer_config.json").toFile(), settings);
    return folder;
  }

  private static String source(String template) throws Exception {
    try (InputStream in = ControlTokensTest.class.getResourceAsStream(template + ".jinja")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package io.reckon.engine.text;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.checkpoint.GgufHeader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tokenizer of a model. Safe for any thread. */
public final class Tokenizer implements AutoCloseable {
  private static final int NO_TOKEN = -1;

  private final TokenizerJson json;
  private final NativeTokenizers encoders;
  private final Vocabulary vocabulary;
  private final AddedTokens addedTokens;
  private final Map<Integer, AddedToken> addedById = new HashMap<>();

  private Tokenizer(TokenizerJson json, NativeTokenizers encoders, Vocabulary vocabulary) {
    this.json = json;
    this.encoders = encoders;
    this.vocabulary = vocabulary;
    this.addedTokens = new AddedTokens(vocabulary.added());
    vocabulary.added().forEach(token -> addedById.put(token.id(), token));
  }

  /**
   * Loads {@code tokenizer.json}.
   *
   * @param vocabularySize rows of the model's embedding; no token may have an id beyond it
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it is missing or
   *     malformed
   */
  public static Tokenizer load(Path folder, int vocabularySize) {
    return load(folder, vocabularySize, ReasoningMarkers.OF_MODEL);
  }

  /**
   * Loads {@code tokenizer.json} as {@link #load(Path, int)} does.
   *
   * @param given what a model's reasoning stands between
   */
  public static Tokenizer load(Path folder, int vocabularySize, ReasoningMarkers given) {
    return load(new TokenizerFile(folder.resolve("tokenizer.json")), vocabularySize, given);
  }

  /**
   * Loads the tokenizer inside a GGUF.
   *
   * @param vocabularySize rows of the model's embedding; no token may have an id beyond it
   * @param given what a model's reasoning stands between
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where it has none, or one
   *     that is malformed or not supported
   */
  public static Tokenizer load(GgufHeader header, int vocabularySize, ReasoningMarkers given) {
    return load(GgufTokenizer.of(header, vocabularySize), vocabularySize, given);
  }

  private static Tokenizer load(TokenizerJson json, int vocabularySize, ReasoningMarkers given) {
    Vocabulary vocabulary = VocabularyReader.read(json, vocabularySize, given);
    Tokenizer tokenizer = new Tokenizer(json, NativeTokenizers.load(json), vocabulary);
    try {
      vocabulary.added().forEach(tokenizer::requireId);
      return tokenizer;
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /** The native tokenizer gives new ids to added tokens that don't fit the model's vocabulary. */
  private void requireId(AddedToken token) {
    int[] ids = encode(token.content());
    if (ids.length == 1 && ids[0] != token.id()) {
      throw TextErrors.badFile(
          json.file(),
          "gives the added token '%s' the id %d, and its vocabulary %d; the file may be damaged"
              .formatted(token.content(), token.id(), ids[0]));
    }
  }

  /** The ids of a text in which added tokens are recognised. */
  public int[] encode(String text) {
    return encode(text, false);
  }

  /**
   * The ids of a text in which added tokens are recognised.
   *
   * @param framed whether the tokenizer adds its own begin and end tokens
   */
  int[] encode(String text, boolean framed) {
    return encoders.encode(text, framed);
  }

  /** Puts around the ids of a text what the tokenizer puts around the text itself. */
  int[] frame(int... ids) {
    int[] bare = encode("a");
    int[] framed = encode("a", true);
    int before = Math.max(0, Collections.indexOfSubList(list(framed), list(bare)));
    int[] prefix = Arrays.copyOf(framed, before);
    int[] suffix = Arrays.copyOfRange(framed, before + bare.length, framed.length);
    return Stream.of(prefix, ids, suffix).flatMapToInt(IntStream::of).toArray();
  }

  /**
   * The ids of a text in which nothing is an added token.
   *
   * @throws EngineException {@code TEMPLATE_REFUSED} where the model's own vocabulary has no other
   *     spelling than a control token
   */
  int[] encodePlain(String text) {
    int[] ids = encoders.encodePlain(text);
    if (Arrays.stream(ids).noneMatch(this::isAdded)) {
      return ids;
    }
    int[] spelled =
        text.codePoints()
            .mapToObj(Character::toString)
            .flatMapToInt(character -> Arrays.stream(encoders.encodePlain(character)))
            .toArray();
    Arrays.stream(spelled).filter(this::isControl).forEach(this::refuse);
    return spelled;
  }

  /**
   * The ids of a text in which nothing is an added token.
   *
   * @throws EngineException as {@link #encodePlain}
   */
  public int[] encodeText(String text) {
    return addedTokens.next(text, 0) == text.length() ? encode(text) : encodePlain(text);
  }

  /**
   * The bytes of each id that is text; empty for added tokens.
   *
   * @throws EngineException {@code BAD_OPTION} where this kind of vocabulary does not tell
   */
  public List<byte[]> bytesOfText() {
    if (!vocabulary.byteLevel()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          json.file()
              + " is no byte-level tokenizer, so answers can't be constrained; leave the constraint out");
    }
    List<byte[]> bytes = new ArrayList<>(vocabulary.bytesOfId());
    vocabulary.added().forEach(token -> bytes.set(token.id(), new byte[0]));
    return bytes;
  }

  private boolean isAdded(int id) {
    AddedToken token = addedById.get(id);
    return token != null && !token.content().equals(vocabulary.unknown());
  }

  private boolean isControl(int id) {
    AddedToken token = addedById.get(id);
    return isAdded(id) && (token.special() || markers().isMarker(token.content()));
  }

  private void refuse(int id) {
    throw TextErrors.refused(
        "they hold '%s', which this tokenizer has as a control token only; leave it out"
            .formatted(addedById.get(id).content()));
  }

  /** Whether an added token that can't be seen in a text is found once the text is normalized. */
  boolean findsAfterNormalizing(String text) {
    return vocabulary.normalizes()
        && vocabulary.added().stream().anyMatch(AddedToken::normalized)
        && Arrays.stream(encode(text)).anyMatch(this::isAdded);
  }

  /** Which characters the tokens of a text cover, as part of a prompt. */
  TokenSpans spans(String text) {
    boolean ordinary = addedTokens.next(text, 0) == text.length();
    return ordinary ? encoders.spans(text) : encoders.spansPlain(text);
  }

  private static List<Integer> list(int... ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  /** The text of some ids, special ones left out. */
  public String decode(int... ids) {
    Detokenizer detokenizer = detokenizer();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(detokenizer.append(id));
    }
    return text.append(detokenizer.finish()).toString();
  }

  Detokenizer detokenizer() {
    return vocabulary.byteLevel()
        ? new ByteLevelDetokenizer(vocabulary)
        : encoders.detokenizer(vocabulary.specialMarkers());
  }

  /**
   * The id of the added token that a folder's {@code tokenizer_config.json} or {@code
   * special_tokens_map.json} has as its {@code eos_token}; empty where they name none, or another
   * text.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where one of these files is malformed
   */
  public OptionalInt endToken(Path folder) {
    return idOfAdded(TokenizerSettings.read(folder).marker("eos_token"));
  }

  /**
   * The id of the folder's {@code bos_token}, an added token, where its {@code
   * tokenizer_config.json} says {@code add_bos_token} and the tokenizer itself does not add it;
   * else empty.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where a file is malformed
   */
  OptionalInt beginToAdd(Path folder) {
    TokenizerSettings settings = TokenizerSettings.read(folder);
    if (!settings.json().path("add_bos_token").asBoolean()) {
      return OptionalInt.empty();
    }
    OptionalInt begin = idOfAdded(settings.marker("bos_token"));
    int first = frame(NO_TOKEN)[0];
    return begin.equals(OptionalInt.of(first)) ? OptionalInt.empty() : begin;
  }

  private OptionalInt idOfAdded(String content) {
    return vocabulary.added().stream()
        .filter(token -> token.content().equals(content))
        .mapToInt(AddedToken::id)
        .findFirst();
  }

  /** The ids of added tokens that end a turn by their spelling, as llama.cpp takes a GGUF's. */
  public List<Integer> turnEnds() {
    return vocabulary.added().stream()
        .filter(token -> GgufTokenizer.endsTurn(token.content()))
        .map(AddedToken::id)
        .toList();
  }

  /** The ids by which reasoning is closed. */
  public int[] closeOfThinking() {
    return encode(markers().close());
  }

  /**
   * Starts the text of a generation.
   *
   * @param stopStrings end the answer where it comes to hold one
   */
  public GeneratedText generatedText(boolean insideThinking, List<String> stopStrings) {
    return new GeneratedText(detokenizer(), markers(), insideThinking, stopStrings);
  }

  /** How many ids there may be: the rows of the model's embedding. */
  int vocabularySize() {
    return vocabulary.bytesOfId().size();
  }

  ReasoningMarkers markers() {
    return vocabulary.markers();
  }

  List<AddedToken> added() {
    return vocabulary.added();
  }

  AddedTokens addedTokens() {
    return addedTokens;
  }

  @Override
  public void close() {
    encoders.close();
  }
}

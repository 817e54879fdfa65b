package io.reckon.engine.text;

import io.reckon.engine.api.ReasoningMarkers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The bytes of every token of a byte-level tokenizer, and its added tokens.
 *
 * @param bytesOfId what each id stands for in generated text; special tokens stand for nothing
 * @param added tokens beside the model's own
 * @param byteLevel whether the ids' bytes are known; else only added tokens are
 * @param normalizes whether text may be changed before added tokens are looked for in it
 * @param unknown how the model spells what it has no token for; empty where it has no such token
 * @param markers of reasoning; they stay in generated text, special or not
 */
record Vocabulary(
    List<byte[]> bytesOfId,
    List<AddedToken> added,
    boolean byteLevel,
    boolean normalizes,
    String unknown,
    ReasoningMarkers markers) {
  private static final byte[] NOTHING = {};

  Vocabulary {
    bytesOfId = List.copyOf(bytesOfId);
    added = List.copyOf(added);
  }

  /**
   * @param spellings of the model's tokens by id, null where there is none
   */
  static Vocabulary of(
      String[] spellings,
      List<AddedToken> added,
      boolean byteLevel,
      boolean normalizes,
      String unknown,
      ReasoningMarkers markers) {
    List<byte[]> bytes = new ArrayList<>(spellings.length);
    for (String spelling : spellings) {
      bytes.add(byteLevel && spelling != null ? ByteLevel.bytes(spelling) : NOTHING);
    }
    for (AddedToken token : added) {
      bytes.set(token.id(), text(token, markers));
    }
    return new Vocabulary(bytes, added, byteLevel, normalizes, unknown, markers);
  }

  /** The bytes that a generated id stands for; none for special and unknown ids. */
  byte[] bytes(int id) {
    return id < bytesOfId.size() ? bytesOfId.get(id) : NOTHING;
  }

  /** The markers that tokenizers leave out of text, by id. */
  Map<Integer, String> specialMarkers() {
    return added.stream()
        .filter(token -> token.special() && markers.isMarker(token.content()))
        .collect(Collectors.toMap(AddedToken::id, AddedToken::content));
  }

  /** The thinking markers are read by us, whether or not the tokenizer calls them special. */
  private static byte[] text(AddedToken token, ReasoningMarkers markers) {
    boolean hidden = token.special() && !markers.isMarker(token.content());
    return hidden ? NOTHING : token.content().getBytes(StandardCharsets.UTF_8);
  }
}

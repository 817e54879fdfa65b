package io.reckon.engine.constraint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tokens for bytes that must come. They are the tokenizer's own, so that the model reads what it
 * would have written; those at the end that could become part of a longer token are left to the
 * model.
 */
final class ForcedTokens {
  private static final int MOST_BYTES = 256;

  private final AnswerStates states;
  private final TokenTrie trie;
  private final Function<String, int[]> tokenizer;

  /**
   * @param tokenizer gives the ids of a text, none of them an added token
   */
  ForcedTokens(AnswerStates states, TokenTrie trie, Function<String, int[]> tokenizer) {
    this.states = states;
    this.trie = trie;
    this.tokenizer = tokenizer;
  }

  /** The tokens that must come in a state, as far as they are told. */
  int[] in(Expression state) {
    StateNotes notes = states.notes(state);
    if (notes.forced == null) {
      notes.forced = of(wholeCharacters(states.forcedBytes(state, MOST_BYTES)));
    }
    return notes.forced;
  }

  /** Without the beginning of a character at the end, where something else is left. */
  private static byte[] wholeCharacters(byte... bytes) {
    int last = bytes.length - 1;
    while (last > 0 && (bytes[last] & 0xC0) == 0x80) {
      last--;
    }
    boolean begun = last > 0 && last + Utf8.length(bytes[last]) > bytes.length;
    return begun ? Arrays.copyOf(bytes, last) : bytes;
  }

  private int[] of(byte... bytes) {
    if (bytes.length == 0) {
      return new int[0];
    }
    List<Integer> tokens =
        text(bytes).flatMap(text -> tokenized(text, bytes)).orElseGet(() -> longest(bytes));
    int end = bytes.length;
    int begin = end;
    int kept = tokens.size();
    for (int i = tokens.size() - 1; i >= 0; i--) {
      begin -= trie.bytes(tokens.get(i)).length;
      if (end - begin > trie.longest()) {
        break;
      }
      if (trie.continues(bytes, begin, end)) {
        kept = i;
      }
    }
    return tokens.stream().limit(kept).mapToInt(Integer::intValue).toArray();
  }

  private static Optional<String> text(byte... bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty(); // It begins or ends within a character.
    }
  }

  /** Empty where the tokenizer does not spell the text as it stands. */
  private Optional<List<Integer>> tokenized(String text, byte... bytes) {
    List<Integer> tokens = Arrays.stream(tokenizer.apply(text)).boxed().toList();
    int at = 0;
    for (int token : tokens) {
      byte[] piece = token < trie.size() ? trie.bytes(token) : new byte[0];
      int end = at + piece.length;
      if (piece.length == 0
          || end > bytes.length
          || !Arrays.equals(bytes, at, end, piece, 0, piece.length)) {
        return Optional.empty();
      }
      at = end;
    }
    return at == bytes.length ? Optional.of(tokens) : Optional.empty();
  }

  private List<Integer> longest(byte... bytes) {
    List<Integer> tokens = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int token = trie.longestAt(bytes, at);
      if (token < 0) {
        break;
      }
      tokens.add(token);
      at += trie.bytes(token).length;
    }
    return tokens;
  }
}

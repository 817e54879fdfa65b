package io.reckon.engine.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A small vocabulary with tokens across every seam: of JSON, of words, of characters. */
final class TestVocabulary {
  static final int END = 0;

  private static final String PIECES =
      "\": \"|\":\"|\",\"|\", \"|{\"|\"}|\"},|\"]|[\"|[{\"|}]|}}|]}|[]|{}|\":|\": |,\"|, \"|[1|1,|0.|.5|-1|"
          + "true|tru|false|als|null|nul|12|123|2024|-0|00|e+|E-|1e|\\n|\\\"|\\\\|\\u00|\\u|"
          + "name|na|ame|label|la|bel|the|he| the|ing|ab|abc|bc|aa|aaa|aaaa|pos|posit|itive|neg|"
          + "id|value|al|ue|tags|items|kind|age|é|ü|日本|日|😀|  |    |@|.com|-|--|:|T|Z";

  private TestVocabulary() {}

  /** Id 0 ends; then every byte; then the pieces, and halves of characters. */
  static List<byte[]> bytes() {
    List<byte[]> bytes = new ArrayList<>();
    bytes.add(new byte[0]);
    IntStream.range(0, 256).forEach(value -> bytes.add(new byte[] {(byte) value}));
    for (String piece : PIECES.split("\\|", -1)) {
      bytes.add(piece.getBytes(StandardCharsets.UTF_8));
    }
    bytes.add(new byte[] {(byte) 0xF0, (byte) 0x9F});
    bytes.add(new byte[] {(byte) 0x98, (byte) 0x80, '"'});
    bytes.add(new byte[] {'a', (byte) 0xC3});
    bytes.add("aaa".getBytes(StandardCharsets.UTF_8)); // A twin.
    return bytes;
  }

  /** The longest piece at each place. */
  static int[] tokenize(String text) {
    TokenTrie trie = new TokenTrie(bytes());
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    List<Integer> tokens = new ArrayList<>();
    for (int at = 0; at < utf8.length; ) {
      int token = trie.longestAt(utf8, at);
      tokens.add(token);
      at += trie.bytes(token).length;
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  static Constraints constraints() {
    return constraints(new Learned());
  }

  static Constraints constraints(Learned learned) {
    return new Constraints(TestVocabulary::bytes, TestVocabulary::tokenize, List.of(END), learned);
  }
}

package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.util.Arrays;

/**
 * Detokenizes through the reference tokenizer, for vocabularies that aren't byte-level. A token's
 * text may depend on its neighbours, so a window of recent tokens is decoded with and without it.
 */
final class WindowDetokenizer implements Detokenizer {
  private static final char INCOMPLETE = '\uFFFD';

  private final HuggingFaceTokenizer tokenizer;
  private long[] window = new long[16];
  private int length;

  /** Tokens of the window whose text was given out. */
  private int given;

  WindowDetokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  @Override
  public String append(int token) {
    if (length == window.length) {
      window = Arrays.copyOf(window, 2 * length);
    }
    window[length++] = token;
    String added = added();
    return added.indexOf(INCOMPLETE) >= 0 ? "" : give(added);
  }

  @Override
  public String finish() {
    return give(added());
  }

  private String added() {
    String before = tokenizer.decode(Arrays.copyOf(window, given), true);
    String after = tokenizer.decode(Arrays.copyOf(window, length), true);
    return after.startsWith(before) ? after.substring(before.length()) : after;
  }

  /** Keeps the newest tokens as the next window. */
  private String give(String text) {
    window = Arrays.copyOfRange(window, given, given + Math.max(16, length - given));
    length -= given;
    given = length;
    return text;
  }
}

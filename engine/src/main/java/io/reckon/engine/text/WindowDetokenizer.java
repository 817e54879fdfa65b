package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.util.Arrays;
import java.util.Map;

/**
 * Detokenizes through the reference tokenizer, for vocabularies that aren't byte-level. A token's
 * text may depend on its neighbours, so a window of recent tokens is decoded with and without it.
 */
final class WindowDetokenizer implements Detokenizer {
  private static final char INCOMPLETE = '\uFFFD';

  /** Tokens that a character may take after its first: it has four bytes at most. */
  private static final int MOST_AWAITED = 3;

  private final HuggingFaceTokenizer tokenizer;
  private final Map<Integer, String> specialMarkers;
  private long[] window = new long[16];
  private int length;

  /** Tokens of the window whose text was given out. */
  private int given;

  /**
   * @param specialMarkers by id, what stays in the text although the tokenizer leaves it out
   */
  WindowDetokenizer(HuggingFaceTokenizer tokenizer, Map<Integer, String> specialMarkers) {
    this.tokenizer = tokenizer;
    this.specialMarkers = specialMarkers;
  }

  @Override
  public String append(int token) {
    String marker = specialMarkers.get(token);
    if (marker != null) {
      return (given < length ? finish() : "") + marker;
    }
    if (length == window.length) {
      window = Arrays.copyOf(window, 2 * length);
    }
    window[length++] = token;
    String added = added(length);
    if (added.isEmpty() || added.charAt(added.length() - 1) != INCOMPLETE) {
      return give(length, added);
    }
    return length - given > MOST_AWAITED ? giveBroken(added) : "";
  }

  @Override
  public String finish() {
    String text = added(length);
    length = 0; // What follows a marker completes no character before it.
    given = 0;
    return text;
  }

  /** The text of the window's tokens before {@code end} that was not given out. */
  private String added(int end) {
    String before = decode(0, given);
    String after = decode(0, end);
    // Some decoders spoil whole characters by a broken one beside them; those were given out.
    return after.startsWith(before) ? after.substring(before.length()) : decode(given, end);
  }

  /** Gives out the first tokens that read the same without those after them, which may go on. */
  private String giveBroken(String added) {
    int end = given + 1;
    while (end < length && !added.equals(added(end) + decode(end, length))) {
      end++;
    }
    return give(end, added(end));
  }

  private String decode(int from, int end) {
    return tokenizer.decode(Arrays.copyOfRange(window, from, end), true);
  }

  /** Keeps the tokens that were not given out before as the next window. */
  private String give(int end, String text) {
    window = Arrays.copyOfRange(window, given, given + Math.max(16, length - given));
    length -= given;
    given = end - given;
    return text;
  }
}

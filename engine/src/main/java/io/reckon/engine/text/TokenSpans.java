package io.reckon.engine.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.reckon.engine.api.PromptTruncation;
import java.util.Arrays;

/**
 * Which characters of a text its tokens cover.
 *
 * @param text what was encoded
 * @param begins of each token, in code points
 * @param ends of each token, in code points
 */
record TokenSpans(String text, int[] begins, int[] ends) {
  static TokenSpans of(String text, CharSpan... spans) {
    return new TokenSpans(
        text,
        Arrays.stream(spans).mapToInt(CharSpan::getStart).toArray(),
        Arrays.stream(spans).mapToInt(CharSpan::getEnd).toArray());
  }

  int count() {
    return begins.length;
  }

  /**
   * The text of some tokens at one end, whole characters only.
   *
   * @param tokens 1 to {@link #count}
   * @param cut {@code LEFT} keeps the last tokens, {@code RIGHT} the first
   */
  String kept(int tokens, PromptTruncation cut) {
    return cut == PromptTruncation.LEFT
        ? text.substring(text.offsetByCodePoints(0, begins[count() - tokens]))
        : text.substring(0, text.offsetByCodePoints(0, ends[tokens - 1]));
  }
}

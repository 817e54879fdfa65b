package io.reckon.engine.text;

import io.reckon.engine.api.ReasoningMarkers;
import java.util.List;

/**
 * The text of a generation while it grows, split where its reasoning closes first, and ended by the
 * first stop string of its answer. The answer begins with its first visible character: stop strings
 * don't begin in the white space before it, which is cut off anyway. One thread at a time.
 */
public final class GeneratedText {
  private static final int UNKNOWN = -1;

  private final Detokenizer detokenizer;
  private final ReasoningMarkers markers;
  private final boolean insideThinking;
  private final StopStrings stopStrings;
  private final StringBuilder text = new StringBuilder();
  private int tokens;
  private int closedAt = UNKNOWN;
  private int reasoningTokens;
  private int stoppedAt = UNKNOWN;

  /** Length of the text in which no stop string ends. */
  private int searched;

  GeneratedText(
      Detokenizer detokenizer,
      ReasoningMarkers markers,
      boolean insideThinking,
      List<String> stopStrings) {
    this.detokenizer = detokenizer;
    this.markers = markers;
    this.insideThinking = insideThinking;
    this.stopStrings = StopStrings.of(stopStrings);
  }

  /** Adds a generated token. */
  public void append(int token) {
    tokens++;
    add(detokenizer.append(token));
  }

  /** Whether the text so far is reasoning that was not closed. */
  public boolean thinking() {
    return closedAt < 0 && (insideThinking || beginsWithThinking());
  }

  private boolean beginsWithThinking() {
    return beginning(visibleAt(text, 0)).equals(markers.open());
  }

  /** What stands where the opening marker would, as far as it has come. */
  private String beginning(int first) {
    return text.substring(first, Math.min(text.length(), first + markers.open().length()));
  }

  /** Whether the answer came to hold a stop string. */
  public boolean stopped() {
    return stoppedAt >= 0;
  }

  /** An answer that was told from the reasoning otherwise, up to its first stop string. */
  public String cut(String answer) {
    StringBuilder written = new StringBuilder(answer);
    int end = stopStrings.find(written, visibleAt(written, 0));
    return end < 0 ? answer : answer.substring(0, end).strip();
  }

  private void add(String piece) {
    int length = text.length();
    text.append(piece);
    if (closedAt < 0) {
      findClosing(Math.max(0, length - markers.close().length() + 1));
    }
    if (!stopStrings.isEmpty() && !stopped()) {
      findStop();
    }
  }

  private void findClosing(int from) {
    closedAt = text.indexOf(markers.close(), from);
    if (closedAt >= 0) {
      reasoningTokens = tokens;
    }
  }

  private void findStop() {
    int answer = answerAt();
    if (answer >= 0) {
      stoppedAt = stopStrings.find(text, Math.max(answer, searched - stopStrings.longest() + 1));
      searched = text.length();
    }
  }

  /** Where the answer begins, as far as can be told by now. */
  private int answerAt() {
    if (closedAt >= 0) {
      return visibleAt(text, closedAt + markers.close().length());
    }
    int first = visibleAt(text, 0);
    boolean mayThink = insideThinking || markers.open().startsWith(beginning(first));
    return mayThink ? UNKNOWN : first;
  }

  private static int visibleAt(StringBuilder text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The split text, after the last token; call once. */
  public ReasonedText finish() {
    add(detokenizer.finish());
    if (stopped()) {
      text.setLength(stoppedAt);
    }
    if (closedAt >= 0) {
      String answer = text.substring(closedAt + markers.close().length());
      return new ReasonedText(
          markers.reasoningIn(text.substring(0, closedAt)), answer.strip(), false, reasoningTokens);
    }
    if (thinking()) {
      return new ReasonedText(markers.reasoningIn(text.toString()), "", true, tokens);
    }
    return new ReasonedText("", text.toString().strip(), false, 0);
  }
}

package io.reckon.engine.text;

/**
 * The text of a generation while it grows, split at the first {@code </think>}. One thread at a
 * time.
 */
public final class GeneratedText {
  private final Detokenizer detokenizer;
  private final boolean insideThinking;
  private final StringBuilder text = new StringBuilder();
  private int tokens;
  private int closedAt = -1;
  private int reasoningTokens;

  GeneratedText(Detokenizer detokenizer, boolean insideThinking) {
    this.detokenizer = detokenizer;
    this.insideThinking = insideThinking;
  }

  /** Adds a generated token. */
  public void append(int token) {
    tokens++;
    add(detokenizer.append(token));
  }

  private void add(String piece) {
    int from = Math.max(0, text.length() - ThinkMarkers.CLOSE.length() + 1);
    text.append(piece);
    if (closedAt < 0) {
      closedAt = text.indexOf(ThinkMarkers.CLOSE, from);
      if (closedAt >= 0) {
        reasoningTokens = tokens;
      }
    }
  }

  /** The split text, after the last token; call once. */
  public ReasonedText finish() {
    add(detokenizer.finish());
    if (closedAt >= 0) {
      String answer = text.substring(closedAt + ThinkMarkers.CLOSE.length());
      return new ReasonedText(
          reasoning(text.substring(0, closedAt)), answer.strip(), false, reasoningTokens);
    }
    if (insideThinking || text.toString().stripLeading().startsWith(ThinkMarkers.OPEN)) {
      return new ReasonedText(reasoning(text.toString()), "", true, tokens);
    }
    return new ReasonedText("", text.toString().strip(), false, 0);
  }

  private static String reasoning(String text) {
    String reasoning = text.strip();
    return reasoning.startsWith(ThinkMarkers.OPEN)
        ? reasoning.substring(ThinkMarkers.OPEN.length()).strip()
        : reasoning;
  }
}

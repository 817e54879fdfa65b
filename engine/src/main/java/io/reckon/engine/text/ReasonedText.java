package io.reckon.engine.text;

/**
 * A generation's text in its two parts.
 *
 * @param reasoning inside the thinking markers, trimmed
 * @param answer after them, trimmed
 * @param truncated whether the text ends inside the reasoning
 * @param reasoningTokens tokens up to and with the closing marker
 */
public record ReasonedText(
    String reasoning, String answer, boolean truncated, int reasoningTokens) {}

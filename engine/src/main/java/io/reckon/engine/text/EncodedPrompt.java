package io.reckon.engine.text;

/**
 * A prompt as the model reads it.
 *
 * @param tokens ids, at least one
 * @param insideThinking whether the prompt ends with an open {@code <think>}
 */
public record EncodedPrompt(int[] tokens, boolean insideThinking) {}

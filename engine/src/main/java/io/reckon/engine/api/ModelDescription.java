package io.reckon.engine.api;

import java.io.Serializable;

/**
 * A loaded model.
 *
 * @param name the checkpoint's name: its folder's, or {@code builtin}
 * @param fingerprint hash of the configuration, the weights, the tokenizer and the chat template;
 *     equal for equal files wherever they lie. Markers of reasoning that were given stand behind it
 * @param mode how the weights are held: {@code float32}, {@code bf16}, {@code int8} or {@code
 *     int4}; of an endpoint {@code endpoint}
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}; of an endpoint its address
 * @param contextTokens the longest prompt plus answer, in tokens
 * @param vocabularySize token ids are below this
 * @param parameters number of weights
 */
public record ModelDescription(
    String name,
    String fingerprint,
    String mode,
    String device,
    int contextTokens,
    int vocabularySize,
    long parameters)
    implements Serializable {}

package io.reckon.engine.checkpoint;

import java.util.List;

/**
 * The shape of a dense multi-head-latent-attention model.
 *
 * @param hiddenSize width of the residual stream
 * @param layers number of decoder layers
 * @param heads attention heads
 * @param queryRank width of the compressed query; 0 where the query is projected directly
 * @param latentRank width of the latent that the cache keeps for keys and values
 * @param nopeSize width of a head's key without position
 * @param ropeSize width of the rotary key that all heads share, even
 * @param valueSize width of a head's value
 * @param feedForwardSize inner width of the feed-forward part
 * @param vocabularySize rows of the embedding
 * @param normEpsilon added to the mean square in every norm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling how those frequencies are stretched
 * @param contextTokens longest sequence, in tokens
 * @param tiedEmbedding whether the output projection is the embedding
 * @param endTokens ids that end a turn, ascending
 */
public record ModelConfiguration(
    int hiddenSize,
    int layers,
    int heads,
    int queryRank,
    int latentRank,
    int nopeSize,
    int ropeSize,
    int valueSize,
    int feedForwardSize,
    int vocabularySize,
    double normEpsilon,
    double ropeTheta,
    RotaryScaling ropeScaling,
    int contextTokens,
    boolean tiedEmbedding,
    List<Integer> endTokens) {
  public ModelConfiguration {
    endTokens = List.copyOf(endTokens);
  }

  public boolean compressesQuery() {
    return queryRank > 0;
  }

  /** Numbers that the cache keeps for a token and layer. */
  public int cacheWidth() {
    return latentRank + ropeSize;
  }

  /** The same in all layers. */
  public long cacheNumbersPerToken() {
    return (long) layers * cacheWidth();
  }

  /** What a score is multiplied by before the softmax. */
  public double scoreScale() {
    return ropeScaling.scoreFactor() / Math.sqrt(nopeSize + ropeSize);
  }

  /** Rotation of one position step for each rotary pair, in radians. */
  public double[] rotaryFrequencies() {
    return ropeScaling.frequencies(ropeSize, ropeTheta);
  }
}

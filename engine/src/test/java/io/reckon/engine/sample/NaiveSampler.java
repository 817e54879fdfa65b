package io.reckon.engine.sample;

import io.reckon.engine.api.SamplingParameters;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sampling step by step over the whole vocabulary, in doubles: slow and plain to read. */
final class NaiveSampler {
  private NaiveSampler() {}

  /**
   * The probability of every token that can be drawn, the likeliest first.
   *
   * @param prompt ids
   * @param output ids generated so far
   */
  static Map<Integer, Double> distribution(
      float[] logits, SamplingParameters sampling, List<Integer> prompt, List<Integer> output) {
    double[] adjusted = new double[logits.length];
    for (int token = 0; token < logits.length; token++) {
      adjusted[token] = adjusted(logits[token], token, sampling, prompt, output);
    }
    List<Integer> ranked =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(token -> -adjusted[token]))
            .toList();
    if (sampling.greedy()) {
      return Map.of(ranked.get(0), 1.0);
    }
    double best = adjusted[ranked.get(0)];
    List<Integer> kept =
        ranked.stream()
            .filter(t -> weight(adjusted[t] - best, sampling) >= sampling.minP())
            .limit(sampling.topK() == 0 ? Long.MAX_VALUE : sampling.topK())
            .toList();
    double all = kept.stream().mapToDouble(t -> weight(adjusted[t] - best, sampling)).sum();
    Map<Integer, Double> weights = new LinkedHashMap<>();
    double mass = 0;
    for (int token : kept) {
      if (mass >= sampling.topP() * all) {
        break;
      }
      double weight = weight(adjusted[token] - best, sampling);
      weights.put(token, weight);
      mass += weight;
    }
    double total = mass;
    weights.replaceAll((token, weight) -> weight / total);
    return weights;
  }

  private static double adjusted(
      float logit,
      int token,
      SamplingParameters sampling,
      List<Integer> prompt,
      List<Integer> output) {
    double adjusted = logit + sampling.logitBias().getOrDefault(token, 0.0);
    long times = output.stream().filter(id -> id == token).count();
    if (times > 0 || prompt.contains(token)) {
      adjusted =
          adjusted > 0
              ? adjusted / sampling.repetitionPenalty()
              : adjusted * sampling.repetitionPenalty();
    }
    adjusted -= times * sampling.frequencyPenalty();
    return times > 0 ? adjusted - sampling.presencePenalty() : adjusted;
  }

  private static double weight(double belowBest, SamplingParameters sampling) {
    return Math.exp(belowBest / sampling.temperature());
  }

  /** The token that a number in [0, 1) falls on. */
  static int draw(Map<Integer, Double> distribution, double number) {
    double cumulative = 0;
    int token = -1;
    for (Map.Entry<Integer, Double> entry : distribution.entrySet()) {
      token = entry.getKey();
      cumulative += entry.getValue();
      if (cumulative > number) {
        break;
      }
    }
    return token;
  }
}

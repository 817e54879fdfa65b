package io.reckon.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.SamplingParameters;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {0.5f, -1, 2, 2, -30, 0, 1.25f};
  private static final int DRAWS = 20_000;

  @Test
  void greedyTakesTheLikeliestWithItsLogProbability() {
    GeneratedToken chosen = choose(scores(1, 3), SamplingParameters.GREEDY, 0);
    assertThat(chosen.token()).isEqualTo(2);
    assertThat(chosen.logprob()).isEqualTo(2 - logSum(1), within(1e-6));
  }

  @Test
  void drawsFollowTheTemperedDistribution() {
    for (double temperature : new double[] {0.5, 1, 2}) {
      double[] frequencies = frequencies(temperature, 1, LOGITS.length);
      for (int token = 0; token < LOGITS.length; token++) {
        double expected = Math.exp(LOGITS[token] / temperature - logSum(temperature));
        assertThat(frequencies[token]).isEqualTo(expected, within(0.015));
      }
    }
  }

  @Test
  void drawsDoNotDependOnHowManyCandidatesCome() {
    for (double topP : new double[] {0.3, 0.9, 1}) {
      for (int position = 0; position < 500; position++) {
        SamplingParameters sampling =
            SamplingParameters.builder().temperature(1.5).topP(topP).seed(11).build();
        GeneratedToken all = choose(scores(1.5, LOGITS.length), sampling, position);
        assertThat(choose(scores(1.5, 1), sampling, position)).isEqualTo(all);
      }
    }
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesIt() {
    double[] frequencies = frequencies(1, 0.6, 3);
    assertThat(frequencies[2]).isEqualTo(0.5, within(0.015));
    assertThat(frequencies[3]).isEqualTo(0.5, within(0.015));
    double[] wider = frequencies(1, 0.9, 3);
    assertThat(wider[6]).isPositive();
    assertThat(wider[1]).isZero();
    assertThat(frequencies(1, 1e-9, 3)[2]).isEqualTo(1);
  }

  @Test
  void logProbabilityIsTheModelsOwnWhateverTheTemperature() {
    GeneratedToken chosen =
        choose(
            scores(0.1, 3),
            SamplingParameters.builder().temperature(0.1).topP(0.2).seed(4).build(),
            9);
    assertThat(chosen.logprob()).isEqualTo(2 - logSum(1), within(1e-6));
  }

  @Test
  void streamsAreEvenAndApart() {
    double sum = 0;
    int equal = 0;
    for (int i = 0; i < DRAWS; i++) {
      sum += RandomStream.uniform(5, i);
      equal +=
          (int) (10 * RandomStream.uniform(5, i)) == (int) (10 * RandomStream.uniform(6, i))
              ? 1
              : 0;
    }
    assertThat(sum / DRAWS).isEqualTo(0.5, within(0.01));
    assertThat((double) equal / DRAWS).isEqualTo(0.1, within(0.01));
  }

  private static GeneratedToken choose(TokenScores scores, SamplingParameters sampling, int at) {
    return new Sampler(sampling, new int[0]).choose(scores, at);
  }

  private static double[] frequencies(double temperature, double topP, int candidates) {
    double[] counts = new double[LOGITS.length];
    for (int position = 0; position < DRAWS; position++) {
      SamplingParameters sampling =
          SamplingParameters.builder().temperature(temperature).topP(topP).seed(42).build();
      counts[choose(scores(temperature, candidates), sampling, position).token()]++;
    }
    return Arrays.stream(counts).map(count -> count / DRAWS).toArray();
  }

  private static TokenScores scores(double temperature, int candidates) {
    RankedTokens all = RankedTokens.ofAll(LOGITS);
    RankedTokens some =
        new RankedTokens(
            Arrays.copyOf(all.tokens(), candidates), Arrays.copyOf(all.logits(), candidates));
    return new TokenScores(2, 2, logSum(1), logSum(temperature), some, () -> LOGITS);
  }

  private static double logSum(double temperature) {
    double sum = 0;
    for (float logit : LOGITS) {
      sum += Math.exp(logit / temperature);
    }
    return Math.log(sum);
  }
}

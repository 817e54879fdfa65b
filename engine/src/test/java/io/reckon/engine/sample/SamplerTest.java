package io.reckon.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.SamplingParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {0.5f, -1, 2, 2, -30, 0, 1.25f};
  private static final int DRAWS = 20_000;

  @Test
  void greedyTakesTheLikeliestWithItsLogProbability() {
    GeneratedToken chosen = choose(greedy().build());
    assertThat(chosen.token()).isEqualTo(2);
    assertThat(chosen.logprob()).isEqualTo(2 - logSum(LOGITS, 1), within(1e-6));
  }

  @Test
  void drawsFollowTheTemperedDistribution() {
    for (double temperature : new double[] {0.5, 1, 2}) {
      double[] frequencies = frequencies(drawn(temperature).build());
      for (int token = 0; token < LOGITS.length; token++) {
        double expected = Math.exp(LOGITS[token] / temperature - logSum(LOGITS, temperature));
        assertThat(frequencies[token]).isEqualTo(expected, within(0.015));
      }
    }
  }

  @Test
  void drawsByTheExactProbabilitiesAtTheLeastTemperatures() {
    for (double temperature : new double[] {0.01, 0.001, 1e-5}) {
      for (int number = 0; number < 10; number++) {
        float[] logits = nearTwentyFive(new Random(number), temperature);
        double[] frequencies = frequencies(drawn(temperature).seed(number).build(), logits, 64);
        double mass = relativeMass(logits, temperature);
        for (int token = 0; token < logits.length; token++) {
          double expected = Math.exp((logits[token] - 25.0) / temperature) / mass;
          double deviation = Math.sqrt(expected * (1 - expected) / DRAWS);
          assertThat(frequencies[token])
              .as("token %d at temperature %s", token, temperature)
              .isEqualTo(expected, within(6 * deviation));
        }
      }
    }
  }

  /** A vocabulary of 300 of which some are likely at that temperature, and the others never. */
  private static float[] nearTwentyFive(Random random, double temperature) {
    float[] logits = new float[300];
    for (int token = 0; token < logits.length; token++) {
      double below = token % 8 == 0 ? 4 * random.nextDouble() : 60;
      logits[token] = (float) (25 - temperature * below);
    }
    return logits;
  }

  private static double relativeMass(float[] logits, double temperature) {
    double mass = 0;
    for (float logit : logits) {
      mass += Math.exp((logit - 25.0) / temperature);
    }
    return mass;
  }

  @Test
  void aTemperatureNextToNothingIsGreedy() {
    assertThat(choose(drawn(1e-300).build()).token()).isEqualTo(2);
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesIt() {
    double[] frequencies = frequencies(drawn(1).topP(0.6).build());
    assertThat(frequencies[2]).isEqualTo(0.5, within(0.015));
    assertThat(frequencies[3]).isEqualTo(0.5, within(0.015));
    double[] wider = frequencies(drawn(1).topP(0.9).build());
    assertThat(wider[6]).isPositive();
    assertThat(wider[1]).isZero();
    assertThat(frequencies(drawn(1).topP(1e-9).build())[2]).isEqualTo(1);
  }

  @Test
  void topKKeepsTheLikeliestAndTheLowerIdsAmongEquals() {
    assertThat(frequencies(drawn(1).topK(1).build())[2]).isEqualTo(1);
    double[] three = frequencies(drawn(1).topK(3).build());
    assertThat(IntStream.range(0, three.length).filter(token -> three[token] > 0))
        .containsExactly(2, 3, 6);
  }

  @Test
  void minPDropsWhatIsFarLessLikelyThanTheLikeliest() {
    // exp(1.25 - 2) is 0.47 and exp(0.5 - 2) is 0.22.
    double[] some = frequencies(drawn(1).minP(0.3).build());
    assertThat(IntStream.range(0, some.length).filter(token -> some[token] > 0))
        .containsExactly(2, 3, 6);
    assertThat(frequencies(drawn(1).minP(1).topK(1).build())[2]).isEqualTo(1);
  }

  @Test
  void topPIsAShareOfWhatMinPAndTopKLeft() {
    // The first two have 0.74 of four tokens, and 0.69 of all.
    double[] frequencies = frequencies(drawn(1).topK(4).topP(0.72).build());
    assertThat(IntStream.range(0, frequencies.length).filter(token -> frequencies[token] > 0))
        .containsExactly(2, 3);
    assertThat(frequencies(drawn(1).topP(0.72).build())[6]).isPositive();
  }

  @Test
  void biasMovesATokenToTheFrontAndLeavesItsLogProbability() {
    GeneratedToken chosen = choose(greedy().logitBias(Map.of(0, 3.0, 2, -100.0)).build());
    assertThat(chosen.token()).isZero();
    assertThat(chosen.logprob()).isEqualTo(0.5 - logSum(LOGITS, 1), within(1e-6));
  }

  @Test
  void repetitionCountsThePromptAndTheOutput() {
    Sampler sampler = new Sampler(greedy().repetitionPenalty(2).build(), new int[] {2});
    assertThat(sampler.choose(scores(LOGITS, 1, 7), 1).token()).isEqualTo(3);
    sampler.count(3);
    assertThat(sampler.choose(scores(LOGITS, 1, 7), 2).token()).isEqualTo(6);
    // Negative logits are multiplied, so they fall too.
    float[] negative = {-1, -1.5f, -3};
    Sampler other = new Sampler(greedy().repetitionPenalty(2).build(), new int[] {0});
    assertThat(other.choose(scores(negative, 1, 3), 1).token()).isEqualTo(1);
  }

  @Test
  void presenceAndFrequencyCountTheOutputAlone() {
    Sampler presence = new Sampler(greedy().presencePenalty(0.9).build(), new int[] {2, 2});
    assertThat(tokens(presence, 6)).containsExactly(2, 3, 6, 2, 2, 2);
    Sampler frequency = new Sampler(greedy().frequencyPenalty(0.4).build(), new int[] {2, 2});
    assertThat(tokens(frequency, 6)).containsExactly(2, 3, 2, 3, 6, 2);
  }

  @Test
  void listsTheModelsOwnLikeliestTokens() {
    GeneratedToken chosen =
        choose(drawn(0.1).logitBias(Map.of(5, 100.0)).listTokens(true).topLogprobs(2).build());
    assertThat(chosen.token()).isEqualTo(5);
    assertThat(chosen.likeliest()).extracting(one -> one.token()).containsExactly(2, 3);
    assertThat(chosen.likeliest())
        .allSatisfy(
            one -> assertThat(one.logprob()).isEqualTo(2 - logSum(LOGITS, 1), within(1e-6)));
  }

  @Test
  void logProbabilityIsTheModelsOwnWhateverTheTemperature() {
    GeneratedToken chosen = choose(drawn(0.1).topP(0.2).build());
    assertThat(chosen.logprob()).isEqualTo(2 - logSum(LOGITS, 1), within(1e-6));
  }

  @Test
  void choosesAsTheNaiveSamplerWhateverIsAskedFor() {
    for (int number = 0; number < 200; number++) {
      Random random = new Random(number);
      float[] logits = new float[300];
      for (int token = 0; token < logits.length; token++) {
        logits[token] = (float) (random.nextGaussian() * 2);
      }
      SamplingParameters sampling = anySampling(random);
      int[] prompt = random.ints(20, 0, logits.length).toArray();
      Sampler sampler = new Sampler(sampling, prompt);
      List<Integer> output = new ArrayList<>();
      for (int position = 20; position < 40; position++) {
        Map<Integer, Double> expected =
            NaiveSampler.distribution(
                logits, sampling, Arrays.stream(prompt).boxed().toList(), output);
        double draw = RandomStream.uniform(sampling.seed(), position);
        TokenScores scores = scores(logits, sampling.temperature(), 64);
        output.add(sampler.choose(scores, position).token());
        sampler.count(output.get(position - 20));
        assertThat(output.get(position - 20))
            .as("%s at %d", sampling, position)
            .isEqualTo(NaiveSampler.draw(expected, draw));
      }
    }
  }

  @Test
  void drawsDoNotDependOnHowManyCandidatesCome() {
    for (int number = 0; number < 500; number++) {
      SamplingParameters sampling = anySampling(new Random(number));
      double temperature = sampling.greedy() ? 1 : sampling.temperature();
      GeneratedToken all =
          new Sampler(sampling, new int[0]).choose(scores(LOGITS, temperature, 7), number);
      GeneratedToken one =
          new Sampler(sampling, new int[0]).choose(scores(LOGITS, temperature, 1), number);
      assertThat(one.chosen()).as("%s", sampling).isEqualTo(all.chosen());
    }
  }

  @Test
  void countsTokensAsAMapDoes() {
    Random random = new Random(2);
    TokenCounts counts = new TokenCounts();
    Map<Integer, Integer> expected = new HashMap<>();
    for (int i = 0; i < 5000; i++) {
      int token = random.nextInt(3) * 40_000 + random.nextInt(700);
      int times = random.nextInt(2);
      counts.add(token, times);
      expected.merge(token, times, Integer::sum);
    }
    Map<Integer, Integer> actual = new HashMap<>();
    counts.forEach((token, count) -> assertThat(actual.put(token, count)).isNull());
    assertThat(actual).isEqualTo(expected);
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

  private static SamplingParameters anySampling(Random random) {
    return SamplingParameters.builder()
        .temperature(random.nextInt(5) == 0 ? 0 : 0.3 + 2 * random.nextDouble())
        .topK(random.nextInt(3) == 0 ? 1 + random.nextInt(150) : 0)
        .topP(random.nextInt(2) == 0 ? 1 : 0.2 + 0.8 * random.nextDouble())
        .minP(random.nextInt(3) == 0 ? 0.3 * random.nextDouble() : 0)
        .repetitionPenalty(random.nextInt(3) == 0 ? 1.4 : 1)
        .presencePenalty(random.nextInt(4) == 0 ? 0.6 : 0)
        .frequencyPenalty(random.nextInt(4) == 0 ? -0.3 : 0)
        .logitBias(random.nextInt(4) == 0 ? Map.of(1, 4.0, 5, -2.5) : Map.of())
        .seed(random.nextLong())
        .build();
  }

  private static SamplingParameters.Builder greedy() {
    return SamplingParameters.builder();
  }

  private static SamplingParameters.Builder drawn(double temperature) {
    return SamplingParameters.builder().temperature(temperature).seed(42);
  }

  private static GeneratedToken choose(SamplingParameters sampling) {
    double temperature = sampling.greedy() ? 1 : sampling.temperature();
    return new Sampler(sampling, new int[0]).choose(scores(LOGITS, temperature, 3), 9);
  }

  private static List<Integer> tokens(Sampler sampler, int count) {
    return IntStream.range(0, count)
        .map(position -> sampler.choose(scores(LOGITS, 1, 7), position).token())
        .peek(sampler::count)
        .boxed()
        .toList();
  }

  private static double[] frequencies(SamplingParameters sampling) {
    return frequencies(sampling, LOGITS, 3);
  }

  private static double[] frequencies(SamplingParameters sampling, float[] logits, int candidates) {
    double[] counts = new double[logits.length];
    Sampler sampler = new Sampler(sampling, new int[0]);
    TokenScores scores = scores(logits, sampling.temperature(), candidates);
    for (int position = 0; position < DRAWS; position++) {
      counts[sampler.choose(scores, position).token()]++;
    }
    return Arrays.stream(counts).map(count -> count / DRAWS).toArray();
  }

  /** What the program gives with that many candidates. */
  private static TokenScores scores(float[] logits, double temperature, int candidates) {
    RankedTokens some = RankedTokens.largest(logits, candidates);
    return new TokenScores(
        some.tokens()[0],
        some.logits()[0],
        logSum(logits, 1),
        temperedLogMass(logits, temperature),
        some,
        () -> logits);
  }

  /** In floats, as the program computes it. */
  private static float temperedLogMass(float[] logits, double temperature) {
    float inverse = (float) (1 / temperature);
    float best = RankedTokens.largest(logits, 1).logits()[0];
    float mass = 0;
    for (float logit : logits) {
      mass += (float) Math.exp((logit - best) * inverse);
    }
    return (float) Math.log(mass);
  }

  private static double logSum(float[] logits, double temperature) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit / temperature);
    }
    return Math.log(sum);
  }
}

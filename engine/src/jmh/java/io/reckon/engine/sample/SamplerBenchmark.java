package io.reckon.engine.sample;

import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.SamplingParameters;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one token costs the sampler, of a vocabulary of 129,280. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SamplerBenchmark {
  private static final int VOCABULARY = 129_280;
  private static final int CANDIDATES = 64;
  private static final int[] PROMPT = new Random(2).ints(500, 0, VOCABULARY).toArray();

  private final float[] logits = new float[VOCABULARY];
  private final Sampler greedy = sampler(SamplingParameters.builder());
  private final Sampler nucleus = sampler(SamplingParameters.builder().temperature(0.6).topP(0.95));
  private final Sampler penalties =
      sampler(SamplingParameters.builder().temperature(0.6).topP(0.95).presencePenalty(0.1));
  private int[] candidates;
  private float[] candidateLogits;
  private double bestLogit;
  private double logSum;
  private double temperedLogMass;
  private long position;

  @Setup
  public void score() {
    Random random = new Random(1);
    for (int token = 0; token < VOCABULARY; token++) {
      logits[token] = (float) (3 * random.nextGaussian());
    }
    logits[7] = 20;
    RankedTokens ranked = RankedTokens.ofAll(logits);
    candidates = Arrays.copyOf(ranked.tokens(), CANDIDATES);
    candidateLogits = Arrays.copyOf(ranked.logits(), CANDIDATES);
    bestLogit = candidateLogits[0];
    logSum = bestLogit + logMass(1);
    temperedLogMass = logMass(1 / 0.6);
  }

  private double logMass(double inverseTemperature) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((logit - bestLogit) * inverseTemperature);
    }
    return Math.log(sum);
  }

  private static Sampler sampler(SamplingParameters.Builder sampling) {
    return new Sampler(sampling.build(), PROMPT);
  }

  @Benchmark
  public GeneratedToken greedy() {
    return greedy.choose(scores(), position++);
  }

  /** The likeliest 64 tokens decide. */
  @Benchmark
  public GeneratedToken nucleus() {
    return nucleus.choose(scores(), position++);
  }

  /** All logits are looked at. */
  @Benchmark
  public GeneratedToken penalties() {
    GeneratedToken chosen = penalties.choose(scores(), position++);
    penalties.count(chosen.token());
    return chosen;
  }

  /** What is paid where the likeliest tokens don't decide. */
  @Benchmark
  public RankedTokens rankAll() {
    return RankedTokens.ofAll(logits);
  }

  private TokenScores scores() {
    return new TokenScores(
        candidates[0],
        bestLogit,
        logSum,
        temperedLogMass,
        RankedTokens.ranked(candidates, candidateLogits),
        () -> logits);
  }
}

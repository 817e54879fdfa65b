package io.reckon.jobs.cli;

import io.reckon.engine.ThroughputProbe.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Requests made up for a measurement.
 *
 * @param requests how many
 * @param prefixTokens tokens that all prompts begin with
 * @param promptTokens tokens of each prompt after those
 * @param newTokens tokens that each request makes; the limit of them where the tail is heavy
 * @param heavyTail whether most requests are short and few are long
 * @param seed of the lengths
 */
record BenchWork(
    int requests, int prefixTokens, int promptTokens, int newTokens, boolean heavyTail, long seed) {
  private static final int FIRST_ID = 3;
  private static final int IDS = 400;
  private static final double SHORTEST = 8;
  private static final double TAIL = 0.8;

  /** The requests, of which {@code running} share a step. */
  Workload workload(int running, BenchWay way) {
    List<int[]> prompts = new ArrayList<>();
    for (int request = 0; request < requests; request++) {
      prompts.add(prompt(request));
    }
    int[] first = way.prefixFirst() ? Arrays.copyOf(prompts.get(0), prefixTokens) : new int[0];
    return new Workload(
        first, prompts, lengths(), running, way.staticBatches(), way.sharing(), way.drafts());
  }

  /** A peer's script can make the same ids: 3 + (request * 7919 + place * 104729) % 400. */
  private int[] prompt(int request) {
    int[] tokens = new int[prefixTokens + promptTokens];
    for (int place = 0; place < tokens.length; place++) {
      boolean common = place < prefixTokens;
      long own = common ? place * 31L : request * 7919L + (place - prefixTokens) * 104729L;
      tokens[place] = (int) (FIRST_ID + own % IDS);
    }
    return tokens;
  }

  /** Tokens that each request makes. */
  List<Integer> lengths() {
    if (!heavyTail) {
      return Collections.nCopies(requests, newTokens);
    }
    Random random = new Random(seed);
    return random
        .doubles(requests)
        .mapToObj(u -> (int) Math.min(newTokens, Math.round(SHORTEST / Math.pow(1 - u, TAIL))))
        .toList();
  }
}

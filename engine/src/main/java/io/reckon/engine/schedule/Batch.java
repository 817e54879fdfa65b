package io.reckon.engine.schedule;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What one step computes.
 *
 * @param decodes slices of one token and drafts after it, each of a sequence whose earlier tokens
 *     are all computed
 * @param prefills slices of prompts, and of sequences that gave up their pages
 */
public record Batch(List<Slice> decodes, List<Slice> prefills) {
  public Batch {
    decodes = List.copyOf(decodes);
    prefills = List.copyOf(prefills);
  }

  /** Tokens that the step computes. */
  public int tokens() {
    return Stream.concat(decodes.stream(), prefills.stream()).mapToInt(Slice::count).sum();
  }

  /** Those of them that are guesses. */
  public int drafts() {
    return decodes.stream().mapToInt(slice -> slice.count() - slice.settled()).sum();
  }

  /** The same without some sequences. */
  public Batch without(Set<Sequence> left) {
    return left.isEmpty() ? this : new Batch(without(decodes, left), without(prefills, left));
  }

  private static List<Slice> without(List<Slice> slices, Set<Sequence> left) {
    return slices.stream().filter(slice -> !left.contains(slice.sequence())).toList();
  }

  public boolean isEmpty() {
    return decodes.isEmpty() && prefills.isEmpty();
  }
}

package io.reckon.engine.text;

import io.reckon.engine.api.ReasoningMarkers;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The markers that models are known to write around their reasoning. */
final class KnownMarkers {
  private static final List<ReasoningMarkers> KNOWN =
      List.of(
          ReasoningMarkers.USUAL,
          new ReasoningMarkers("<thinking>", "</thinking>"),
          new ReasoningMarkers("<seed:think>", "</seed:think>"),
          new ReasoningMarkers("[THINK]", "[/THINK]"),
          new ReasoningMarkers("◁think▷", "◁/think▷"),
          new ReasoningMarkers("<|begin_of_thought|>", "<|end_of_thought|>"));

  private KnownMarkers() {}

  /**
   * The markers of a model: those given, else the first known pair that its vocabulary has, else
   * the usual ones.
   */
  static ReasoningMarkers of(ReasoningMarkers given, List<AddedToken> vocabulary) {
    if (given.areGiven()) {
      return given;
    }
    Set<String> tokens =
        vocabulary.stream().map(AddedToken::content).collect(Collectors.toUnmodifiableSet());
    return KNOWN.stream()
        .filter(known -> tokens.contains(known.open()) && tokens.contains(known.close()))
        .findFirst()
        .orElse(ReasoningMarkers.USUAL);
  }
}

package io.reckon.engine.text;

import io.reckon.engine.api.ReasoningMarkers;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The markers around a model's reasoning. */
record ThinkMarkers(String open, String close) {
  /** Those of DeepSeek, Qwen and most others. */
  static final ThinkMarkers USUAL = new ThinkMarkers("<think>", "</think>");

  private static final List<ThinkMarkers> KNOWN =
      List.of(
          USUAL,
          new ThinkMarkers("<thinking>", "</thinking>"),
          new ThinkMarkers("<seed:think>", "</seed:think>"),
          new ThinkMarkers("[THINK]", "[/THINK]"),
          new ThinkMarkers("◁think▷", "◁/think▷"),
          new ThinkMarkers("<|begin_of_thought|>", "<|end_of_thought|>"));

  /**
   * The markers of a model: those given, else the first known pair that its vocabulary has, else
   * the usual ones.
   */
  static ThinkMarkers of(ReasoningMarkers given, List<AddedToken> vocabulary) {
    if (given.areGiven()) {
      return new ThinkMarkers(given.open(), given.close());
    }
    Set<String> tokens =
        vocabulary.stream().map(AddedToken::content).collect(Collectors.toUnmodifiableSet());
    return KNOWN.stream()
        .filter(known -> tokens.contains(known.open) && tokens.contains(known.close))
        .findFirst()
        .orElse(USUAL);
  }

  boolean isMarker(String text) {
    return text.equals(open) || text.equals(close);
  }

  /** What stands between the opening marker and an answer without reasoning. */
  String nothingThought() {
    return "\n\n" + close + "\n\n";
  }
}

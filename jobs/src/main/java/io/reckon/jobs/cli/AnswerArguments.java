package io.reckon.jobs.cli;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.constraint.Constraints;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say what answers must look like, and how long the model may think first. */
final class AnswerArguments {
  private static final long LONGEST_SCHEMA = 1 << 20;

  @Option(
      names = "--choice",
      paramLabel = "TEXT",
      split = ",",
      description = "The answer is one of these texts: yes,no,maybe. May be given again.")
  private List<String> choices;

  @Option(
      names = "--regex",
      paramLabel = "R",
      description = "The whole answer matches this regular expression.")
  private String regex;

  @Option(
      names = "--json-schema",
      paramLabel = "FILE",
      description = "The answer is a JSON value that the schema in this file allows.")
  private Path schema;

  @Option(
      names = "--max-thinking-tokens",
      paramLabel = "N",
      description = "Close the reasoning after N tokens and have the answer (default: no limit).")
  private Integer maxThinkingTokens;

  @Option(
      names = "--no-thinking",
      description = "Have the model answer without reasoning, as its template does it.")
  private boolean noThinking;

  @Option(
      names = "--thinking",
      description = "Have it reason, where its template does so only if it is told to.")
  private boolean thinking;

  @Option(
      names = "--reasoning-effort",
      paramLabel = "WORD",
      description =
          "How much it is to reason, where its template or the endpoint knows the word: low,"
              + " medium, high.")
  private String reasoningEffort;

  /**
   * @throws EngineException where the constraint is malformed or not supported
   */
  OutputConstraint constraint() {
    List<OutputConstraint> given = new ArrayList<>();
    if (choices != null) {
      given.add(new OutputConstraint.Choice(choices));
    }
    if (regex != null) {
      given.add(new OutputConstraint.Regex(regex));
    }
    if (schema != null) {
      given.add(new OutputConstraint.JsonSchema(read(schema)));
    }
    if (given.size() > 1) {
      throw new UserError(
          "more than one of --choice, --regex and --json-schema is given; give one of them");
    }
    OutputConstraint constraint = given.isEmpty() ? OutputConstraint.none() : given.get(0);
    check(constraint);
    return constraint;
  }

  private void check(OutputConstraint constraint) {
    try {
      Constraints.check(constraint);
    } catch (EngineException e) {
      throw schema == null ? e : new UserError(schema + ": " + e.getMessage());
    }
  }

  private static String read(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > LONGEST_SCHEMA) {
        throw new UserError(
            "--json-schema is %s, of %d bytes where %d are allowed; is it a schema?"
                .formatted(file, Files.size(file), LONGEST_SCHEMA));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserError(
          "--json-schema is %s, which can't be read (%s); give a file of UTF-8 text"
              .formatted(file, e));
    }
  }

  /**
   * @throws EngineException where the budget is less than one token, or the effort is no word
   */
  Thinking thinking() {
    Map<String, Thinking> given = new LinkedHashMap<>();
    if (thinking) {
      given.put("--thinking", Thinking.ON);
    }
    if (noThinking) {
      given.put("--no-thinking", Thinking.OFF);
    }
    if (maxThinkingTokens != null) {
      given.put("--max-thinking-tokens", Thinking.atMost(maxThinkingTokens));
    }
    if (reasoningEffort != null) {
      given.put("--reasoning-effort", Thinking.effort(reasoningEffort));
    }
    if (given.size() > 1) {
      throw new UserError(String.join(" and ", given.keySet()) + " are given; give one of them");
    }
    return given.values().stream().findFirst().orElse(Thinking.FREE);
  }
}

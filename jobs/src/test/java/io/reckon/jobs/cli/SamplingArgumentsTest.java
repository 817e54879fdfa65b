package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SamplingArgumentsTest {
  @Test
  void areGreedyWithoutOptions() {
    SamplingArguments none = CommandLine.populateCommand(new SamplingArguments());

    assertThat(none.parameters()).isEqualTo(SamplingParameters.GREEDY);
    assertThat(none.samples()).isEqualTo(1);
  }

  @Test
  void takeEveryOption() {
    SamplingArguments all =
        CommandLine.populateCommand(
            new SamplingArguments(),
            "--temperature=0.7",
            "--top-k=40",
            "--top-p=0.9",
            "--min-p=0.05",
            "--repetition-penalty=1.1",
            "--presence-penalty=-0.5",
            "--frequency-penalty=0.25",
            "--logit-bias=7=-100,12=1.5",
            "--logit-bias=3=2",
            "--stop=the end, my friend",
            "--stop",
            "\n",
            "--stop-token=5",
            "--stop-token=6",
            "--seed=9",
            "--max-new-tokens=77",
            "--logprobs=0",
            "--samples=4",
            "--vote");

    assertThat(all.samples()).isEqualTo(4);
    assertThat(all.vote()).isTrue();
    assertThat(all.parameters())
        .isEqualTo(
            SamplingParameters.builder()
                .temperature(0.7)
                .topK(40)
                .topP(0.9)
                .minP(0.05)
                .repetitionPenalty(1.1)
                .presencePenalty(-0.5)
                .frequencyPenalty(0.25)
                .logitBias(Map.of(7, -100.0, 12, 1.5, 3, 2.0))
                .stopStrings(List.of("the end, my friend", "\n"))
                .stopTokens(Set.of(5, 6))
                .seed(9)
                .maxNewTokens(77)
                .listTokens(true)
                .build());
  }

  @Test
  void takeAConstraintAndAThinkingBudget(@TempDir Path folder) throws IOException {
    Path schema = Files.writeString(folder.resolve("s.json"), "{\"type\": \"integer\"}");

    assertThat(parameters("--choice=yes,no", "--choice", "may be").constraint())
        .isEqualTo(new OutputConstraint.Choice(List.of("yes", "no", "may be")));
    assertThat(parameters("--regex=a,b").constraint()).isEqualTo(new OutputConstraint.Regex("a,b"));
    assertThat(parameters("--json-schema", schema.toString()).constraint())
        .isEqualTo(new OutputConstraint.JsonSchema("{\"type\": \"integer\"}"));
    assertThat(parameters("--max-thinking-tokens=5").thinking()).isEqualTo(Thinking.atMost(5));
    assertThat(parameters("--no-thinking").thinking()).isEqualTo(Thinking.OFF);
    assertThat(parameters("--thinking").thinking()).isEqualTo(Thinking.ON);
    assertThat(parameters("--reasoning-effort=low").thinking()).isEqualTo(Thinking.effort("low"));
  }

  @Test
  void refuseConstraintsByTheirPlace(@TempDir Path folder) throws IOException {
    Path schema = Files.writeString(folder.resolve("s.json"), "{\"items\": {\"not\": {}}}");

    assertThatThrownBy(() -> parameters("--json-schema", schema.toString()))
        .hasMessage(
            schema + ": json-schema: #/items/not is not supported for any value; leave it out");
    assertThatThrownBy(() -> parameters("--json-schema", folder.resolve("none").toString()))
        .hasMessageContaining("can't be read");
    assertThatThrownBy(() -> parameters("--regex=(a"))
        .hasMessage("the regular expression '(a' has a ( without a ), at character 1");
    assertThatThrownBy(() -> parameters("--choice="))
        .hasMessage("choice is []; give texts to choose from, none of them empty");
    assertThatThrownBy(() -> parameters("--choice=a", "--regex=b"))
        .hasMessageContaining("more than one of --choice, --regex and --json-schema");
    assertThatThrownBy(() -> parameters("--max-thinking-tokens=0"))
        .hasMessageContaining("max-thinking-tokens is 0");
    assertThatThrownBy(() -> parameters("--no-thinking", "--max-thinking-tokens=1"))
        .hasMessage("--no-thinking and --max-thinking-tokens are given; give one of them");
    assertThatThrownBy(() -> parameters("--thinking", "--reasoning-effort=low"))
        .hasMessage("--thinking and --reasoning-effort are given; give one of them");
    assertThatThrownBy(() -> parameters("--reasoning-effort=very much"))
        .hasMessageContaining("reasoning_effort is 'very much'; give a word");
  }

  private static SamplingParameters parameters(String... arguments) {
    return CommandLine.populateCommand(new SamplingArguments(), arguments).parameters();
  }
}

package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.SamplingParameters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
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
            "--samples=4");

    assertThat(all.samples()).isEqualTo(4);
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
}

package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowOptionsTest {
  /** Switches, budgets and efforts of a row over those of the run. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "{}; free; Free[]",
        "{}; off; Off[]",
        "{\"n\": 2}; limited; Limited[tokens=9]",
        "{\"thinking\": true}; free; On[]",
        "{\"thinking\": true}; off; On[]",
        "{\"thinking\": true}; limited; Limited[tokens=9]",
        "{\"thinking\": false}; limited; Off[]",
        "{\"thinking_token_budget\": 5}; limited; Limited[tokens=5]",
        "{\"thinking_token_budget\": 5}; off; Limited[tokens=5]",
        "{\"thinking_token_budget\": 5, \"thinking\": true}; free; Limited[tokens=5]",
        "{\"reasoning_effort\": \"low\"}; free; Effort[level=low]",
        "{\"reasoning_effort\": \"low\"}; limited; Limited[tokens=9]",
        "{\"reasoning_effort\": \"none\"}; limited; Effort[level=none]"
      })
  void aRowReasonsAsItSays(String row, String run, String result) {
    Thinking runs =
        switch (run) {
          case "off" -> Thinking.OFF;
          case "limited" -> Thinking.atMost(9);
          default -> Thinking.FREE;
        };
    SamplingParameters sampling = SamplingParameters.builder().thinking(runs).build();

    assertThat(RowOptions.parse(row).apply(sampling).thinking()).hasToString(result);
  }

  @Test
  void aRowIsHeldToItsOwnConstraint() {
    SamplingParameters run =
        SamplingParameters.builder().constraint(new OutputConstraint.Regex("a")).build();

    assertThat(RowOptions.parse("{\"choice\": [\"x\", \"y, z\"]}").apply(run).constraint())
        .isEqualTo(new OutputConstraint.Choice(List.of("x", "y, z")));
    assertThat(RowOptions.parse("{\"regex\": \"b+\"}").apply(run).constraint())
        .isEqualTo(new OutputConstraint.Regex("b+"));
    assertThat(RowOptions.parse("{}").apply(run)).isEqualTo(run);
  }
}

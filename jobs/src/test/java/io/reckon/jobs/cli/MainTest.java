package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @Test
  void printsHelp() {
    assertThat(run("--help")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("reckon", "--verbose");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void endsWithOneLineWhereNoCommandIsGiven() {
    assertBadInput("no command given");
  }

  @Test
  void endsWithOneLineForAnUnknownOption() {
    assertBadInput("Unknown option: '--colour'", "--colour");
  }

  private void assertBadInput(String message, String... arguments) {
    assertThat(run(arguments)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains("reckon: ", message);
  }
}

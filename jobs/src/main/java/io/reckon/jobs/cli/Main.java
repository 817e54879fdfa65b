package io.reckon.jobs.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The entry point of {@code bin/reckon} and of spark-submit. */
public final class Main {
  private Main() {}

  /** Runs a command and ends the process with its {@link ExitCode} unless that is zero. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, arguments);
    // A cluster's driver that succeeds must return: some hosts take any exit for a crash.
    if (code != ExitCode.DONE) {
      System.exit(code);
    }
  }

  /**
   * Runs a command in this process.
   *
   * @param out takes what was asked for
   * @param err takes progress and errors
   * @return an {@link ExitCode}
   */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    Failures failures = new Failures();
    CommandLine command =
        new CommandLine(new ReckonCommand())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(failures)
            .setExecutionExceptionHandler(failures);
    try {
      return command.execute(arguments);
    } catch (Error e) {
      return Failures.broken(e, command);
    }
  }
}

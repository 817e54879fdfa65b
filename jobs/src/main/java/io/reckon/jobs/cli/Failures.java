package io.reckon.jobs.cli;

import io.reckon.engine.api.EngineException;
import io.reckon.jobs.UserError;
import io.reckon.jobs.infer.RunFailedException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on the error stream and an {@link ExitCode}. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String help = command.getCommandSpec().qualifiedName(" ") + " --help";
    say(command, Texts.oneLine(message(failure, command)) + "; see '" + help + "'");
    return ExitCode.BAD_INPUT;
  }

  /** The parser's message; of a word that it does not know, with what may have been meant. */
  private static String message(ParameterException failure, CommandLine command) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return failure.getMessage();
    }
    String word = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
    Map<String, CommandLine> commands = command.getSubcommands();
    if (!unmatched.isUnknownOption() && !commands.isEmpty()) {
      return "there is no command '%s'; one of %s".formatted(word, ReckonCommand.names(commands));
    }
    return command.getCommandSpec().optionsMap().keySet().stream()
        .filter(option -> word.length() > "--x".length())
        .filter(option -> option.startsWith(word) || word.equals(option + "s"))
        .findFirst()
        .map(option -> failure.getMessage() + "; there is " + option)
        .orElse(failure.getMessage());
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    Optional<String> userError = userError(failure);
    userError.ifPresentOrElse(
        message -> say(command, Texts.oneLine(message)), () -> report(failure, command));
    if (verbose(command)) {
      failure.printStackTrace(command.getErr());
    }
    return userError.isPresent() ? ExitCode.BAD_INPUT : ExitCode.BROKEN;
  }

  /** An error of the JVM or of native code, which the parser does not hand on. */
  static int broken(Error failure, CommandLine command) {
    report(failure, command);
    if (verbose(command)) {
      failure.printStackTrace(command.getErr());
    }
    return ExitCode.BROKEN;
  }

  private static void report(Throwable failure, CommandLine command) {
    String log = System.getProperty("reckon.log");
    String where = log == null ? "the driver's log says more" : "the log is " + log;
    say(
        command,
        command.getCommandName()
            + " failed: "
            + Texts.cut(Texts.oneLine(String.valueOf(root(failure))), 400)
            + " ("
            + where
            + "; --verbose prints the stack trace)");
  }

  /**
   * The message of the first error in the chain that the user's input explains. A run that had
   * begun is broken, whatever broke it.
   */
  private static Optional<String> userError(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RunFailedException) {
        return Optional.empty();
      }
      if (cause instanceof UserError
          || (cause instanceof EngineException engine && engine.code().isConfigurations())) {
        return Optional.of(cause.getMessage());
      }
    }
    return Optional.empty();
  }

  /** What began it; of a run the whole, which says what is kept. */
  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof RunFailedException)) {
      root = root.getCause();
    }
    return root;
  }

  private static boolean verbose(CommandLine command) {
    Object top = command.getCommandSpec().root().userObject();
    return top instanceof ReckonCommand reckon && reckon.verbose();
  }

  private static void say(CommandLine command, String message) {
    command.getErr().println("reckon: " + message);
  }
}

package io.reckon.jobs.cli;

import io.reckon.engine.ReckonEngine;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the model's program for bin/gpu-check. */
@Command(
    name = "archive",
    hidden = true,
    description = "Writes the model's program, without weights, as torch.jit.load takes it.")
final class ArchiveCommand implements Callable<Integer> {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "A file that does not exist yet.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    try (OutputStream out = Files.newOutputStream(output, StandardOpenOption.CREATE_NEW)) {
      ReckonEngine.writeProgram(out);
    } catch (FileAlreadyExistsException e) {
      throw new UserError("--output " + output + " exists; give a file that does not", e);
    } catch (NoSuchFileException e) {
      throw new UserError("--output " + output + ": its folder does not exist; create it", e);
    }
    return ExitCode.DONE;
  }
}

package io.reckon.udfs.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** A process that copies a model, as an executor of this machine would. */
final class CopyProcess {
  private CopyProcess() {}

  public static void main(String[] arguments) throws IOException {
    Path copy =
        new ModelCopies(Path.of(arguments[0]), FarFileSystem.configuration()).copyOf(arguments[1]);
    System.out.println(copy);
    System.in.transferTo(OutputStream.nullOutputStream()); // It uses the copy so long.
  }

  /** Its first line is where the copy is; it ends when its input does. */
  static Process start(Path cache, String address) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                CopyProcess.class.getName(),
                cache.toString(),
                address))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}

package io.reckon.udfs.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that copies a model, as an executor of this machine would. */
final class CopyProcess {
  private CopyProcess() {}

  public static void main(String[] arguments) {
    new ModelCopies(Path.of(arguments[0]), FarFileSystem.configuration()).copyOf(arguments[1]);
  }

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
        .inheritIO()
        .start();
  }
}

package io.reckon.engine.program;

import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file with matrices as a program holds them, in the order in which it loads them: a second start
 * on the same machine need not unpack and round them. Kept where {@code RECKON_PREPARED} names a
 * folder, in modes that round.
 */
final class PreparedCopy {
  /** Bytes that are handed over at a time; whole numbers of every type. */
  static final int CHUNK_BYTES = 4 << 20;

  static final String VARIABLE = "RECKON_PREPARED";

  private PreparedCopy() {}

  /** Reads from the copy where there is one, or makes it while it reads the checkpoint. */
  static MatrixSource source(
      Checkpoint checkpoint, WeightMode mode, ScriptProgram script, int threads) {
    Optional<Path> folder = folder();
    MatrixSource stored = new CheckpointSource(script, threads);
    if (folder.isEmpty() || mode.layerType() == mode.scalarType()) {
      return stored;
    }
    Path file = folder.get().resolve(name(checkpoint, mode));
    return Files.isReadable(file)
        ? PreparedSource.open(file, script)
        : PreparingSource.begin(file, stored, script);
  }

  private static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty(VARIABLE, System.getenv(VARIABLE)))
        .filter(folder -> !folder.isBlank())
        .map(Path::of);
  }

  /** Another model, mode, program, libtorch or processor has another. */
  private static String name(Checkpoint checkpoint, WeightMode mode) {
    String madeBy = ScriptProgram.fingerprint("model.py") + TorchRuntime.version();
    return Fingerprint.of(checkpoint.fingerprint() + mode + madeBy + Processor.description());
  }
}

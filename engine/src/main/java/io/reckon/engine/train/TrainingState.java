package io.reckon.engine.train;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A run as it stands after a step, on disk.
 *
 * @param step steps done
 * @param tokens tokens learnt from so far
 * @param seconds spent so far
 * @param learner weights and optimizer moments
 */
record TrainingState(int step, long tokens, double seconds, TrainingProgram.State learner) {
  private static final long MAGIC = 0x7265636b6f6e3031L;

  /** Writes the state beside its place and moves it there, so that a kill leaves the older one. */
  void write(Path file) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial)))) {
      out.writeLong(MAGIC);
      out.writeInt(step);
      out.writeLong(tokens);
      out.writeDouble(seconds);
      out.writeInt(learner.weights().length);
      for (float[] values :
          new float[][] {learner.weights(), learner.momentum(), learner.variance()}) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asFloatBuffer().put(values);
        out.write(bytes.array());
      }
    }
    Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Reads a state.
   *
   * @param parameters number of weights that the model to train has
   */
  static TrainingState read(Path file, int parameters) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      if (in.readLong() != MAGIC) {
        throw bad(file + " is not a training state; remove it or train without --resume");
      }
      int step = in.readInt();
      long tokens = in.readLong();
      double seconds = in.readDouble();
      int count = in.readInt();
      if (count != parameters) {
        throw bad(
            file
                + " holds "
                + count
                + " weights and the model has "
                + parameters
                + "; train into another folder or without --resume");
      }
      return new TrainingState(
          step,
          tokens,
          seconds,
          new TrainingProgram.State(floats(in, count), floats(in, count), floats(in, count)));
    }
  }

  private static float[] floats(DataInputStream in, int count) throws IOException {
    byte[] bytes = new byte[4 * count];
    in.readFully(bytes);
    float[] values = new float[count];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
    return values;
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }
}

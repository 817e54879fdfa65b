package io.reckon.engine.program;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.checkpoint.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A TorchScript program from the engine's resources, loaded into libtorch. Its methods may be
 * called from one thread at a time.
 */
public final class ScriptProgram implements AutoCloseable {
  /** The model owns the block's native handle: dropping it would free the program under us. */
  private final Model model;

  private final PtSymbolBlock block;

  private ScriptProgram(Model model) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
  }

  /**
   * Loads a program.
   *
   * @param resource its source, a name beside this class such as {@code model.py}
   */
  public static ScriptProgram load(String resource, Device device) {
    TorchRuntime.start();
    refuseMissing(device);
    PtModel model = (PtModel) Model.newInstance(resource, device, "PyTorch");
    try {
      ByteArrayOutputStream archive = new ByteArrayOutputStream();
      writeArchive(resource, archive);
      model.load(new ByteArrayInputStream(archive.toByteArray()));
      return new ScriptProgram(model);
    } catch (Exception e) {
      model.close();
      throw new EngineException(
          ErrorCode.ENGINE_FAILED, "the program " + resource + " does not load: " + e, e);
    }
  }

  /**
   * Writes the archive that libtorch loads, from Python too.
   *
   * @param resource the program's source, as in {@link #load}
   */
  public static void writeArchive(String resource, OutputStream out) throws IOException {
    ScriptArchive.write(source(resource), out);
  }

  /** A hash of a program's source. */
  static String fingerprint(String resource) {
    try {
      return Fingerprint.of(source(resource));
    } catch (IOException e) {
      throw new EngineException(ErrorCode.ENGINE_FAILED, "can't read the program: " + e, e);
    }
  }

  private static void refuseMissing(Device device) {
    if (device.isGpu() && device.getDeviceId() >= TorchRuntime.cudaDevices()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "device is cuda:%d, but libtorch can use %d CUDA devices here; give cpu"
              .formatted(device.getDeviceId(), TorchRuntime.cudaDevices()));
    }
  }

  private static String source(String resource) throws IOException {
    try (InputStream in = ScriptProgram.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The manager that holds the program's own tensors; callers take sub-managers of it. */
  public NDManager manager() {
    return model.getNDManager();
  }

  /**
   * Calls a method in inference mode. The caller closes the result.
   *
   * @throws EngineException {@code ENGINE_FAILED} where it fails, out of memory for one
   */
  public IValue call(String method, IValue... arguments) {
    TorchRuntime.interpretPrograms();
    try {
      return IValueUtils.runMethod(block, method, arguments);
    } catch (ai.djl.engine.EngineException e) {
      throw new EngineException(
          ErrorCode.ENGINE_FAILED,
          "%s of %s failed: %s".formatted(method, model.getName(), reason(e)),
          e);
    }
  }

  /** Calls a method in inference mode and closes its arguments. The caller closes the result. */
  IValue callOnce(String method, IValue... arguments) {
    try {
      return call(method, arguments);
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  /** The same for a method whose result nobody needs. */
  void run(String method, IValue... arguments) {
    callOnce(method, arguments).close();
  }

  /** The same for a method that gives a number. */
  long number(String method, IValue... arguments) {
    try (IValue result = callOnce(method, arguments)) {
      return result.toLong();
    }
  }

  /** The one line of libtorch's message that isn't its own call stack. */
  private static String reason(ai.djl.engine.EngineException e) {
    List<String> lines = String.valueOf(e.getMessage()).lines().filter(s -> !s.isBlank()).toList();
    return lines.stream()
        .filter(line -> line.startsWith("RuntimeError"))
        .findFirst()
        .orElse(lines.isEmpty() ? e.toString() : lines.get(0));
  }

  /**
   * Calls a method that takes tensors and gives tensors, with gradients recorded. State that such a
   * method updates in place must have been made by such a call too.
   */
  public NDList callWithGradients(String method, NDArray... arguments) {
    TorchRuntime.interpretPrograms();
    NDList inputs = new NDList(arguments);
    try (NDManager scope = arguments[0].getManager().newSubManager()) {
      PtNDArray name = (PtNDArray) scope.create(0);
      name.setName("module_method:" + method);
      inputs.add(name);
      boolean before = JniUtils.isGradMode();
      JniUtils.setGradMode(true);
      try {
        return IValueUtils.forward(block, inputs, true);
      } finally {
        JniUtils.setGradMode(before);
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}

package io.reckon.engine.program;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.engine.checkpoint.WeightLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model on its device: {@code model.py} with a checkpoint's weights and a latent cache. One
 * thread at a time.
 */
public final class ModelProgram implements AutoCloseable {
  /** Rows of a full block; divides every page. */
  public static final int BLOCK_TOKENS = 16;

  private static final Logger LOG = LoggerFactory.getLogger(ModelProgram.class);

  private final ScriptProgram script;

  private ModelProgram(ScriptProgram script) {
    this.script = script;
  }

  /** Loads as the other does, with nobody to hear of it. */
  public static ModelProgram load(
      Checkpoint checkpoint, WeightMode mode, Device device, int pages, int pageTokens) {
    return load(checkpoint, mode, device, LoadProgress.UNHEARD, pages, pageTokens);
  }

  /**
   * Loads the weights, some rows at a time, and allocates the cache.
   *
   * @param mode how matrices and the cache are held
   * @param device where; a CUDA device needs a libtorch built for it
   * @param progress hears of what is loaded, from this thread
   * @param pages of the cache; page 0 is scratch, for rows that nobody reads
   * @param pageTokens tokens of a page, a multiple of {@link #BLOCK_TOKENS}
   * @throws io.reckon.engine.api.EngineException {@code BAD_OPTION} where the device can't run the
   *     mode
   */
  public static ModelProgram load(
      Checkpoint checkpoint,
      WeightMode mode,
      Device device,
      LoadProgress progress,
      int pages,
      int pageTokens) {
    if (mode == WeightMode.INT4) {
      refuseInt4(checkpoint.configuration(), device);
    }
    if (mode == WeightMode.BF16 && !device.isGpu() && !Processor.multipliesBf16()) {
      LOG.warn("mode bf16 is very slow on a processor without AVX-512; int8 and float32 are not");
    }
    Int8Kernel int8 =
        mode.outputType() == WeightMode.EIGHT_BITS ? Int8Kernel.on(device) : Int8Kernel.NONE;
    ModelProgram program = new ModelProgram(ScriptProgram.load("model.py", device));
    try {
      program.configure(checkpoint.configuration(), mode, int8);
      NativeHeap.allocateToStay(
          () -> {
            program.loadWeights(checkpoint, mode, progress);
            program.allocateCache(checkpoint.configuration(), pages, pageTokens);
          });
      return program;
    } catch (RuntimeException | Error e) {
      program.close();
      throw e;
    }
  }

  private void loadWeights(Checkpoint checkpoint, WeightMode mode, LoadProgress progress) {
    try (MatrixSource source =
        PreparedCopy.source(checkpoint, mode, script, TorchRuntime.threads())) {
      new WeightLoader(checkpoint, mode, script, progress, source).load();
    }
  }

  private void allocateCache(ModelConfiguration model, int pages, int pageTokens) {
    run(
        "allocate",
        IValue.from(pages),
        IValue.from(pageTokens),
        IValue.from(positions(model, pages, pageTokens)));
  }

  private static void refuseInt4(ModelConfiguration model, Device device) {
    if (device.isGpu()) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "mode int4 runs on the CPU and the device is cuda:%d; give mode bf16"
              .formatted(device.getDeviceId()));
    }
    WeightLayout.layer(model, 0)
        .forEach(
            (name, shape) -> {
              if (shape.size() == 2 && !name.contains("kv_b_proj")) {
                refuseUneven(name, shape);
              }
            });
  }

  private static void refuseUneven(String name, List<Integer> shape) {
    if (shape.get(0) % 16 != 0 || shape.get(1) % WeightMode.INT4_GROUP != 0) {
      throw new EngineException(
          ErrorCode.BAD_OPTION,
          "mode int4 needs matrices of [n x 16, n x %d] and %s is %s; give mode int8"
              .formatted(WeightMode.INT4_GROUP, name, shape));
    }
  }

  /** No sequence is longer than the model's context, nor than the cache. */
  private static int positions(ModelConfiguration model, int pages, int pageTokens) {
    return (int) Math.min((long) pages * pageTokens, model.contextTokens() + BLOCK_TOKENS);
  }

  private void configure(ModelConfiguration model, WeightMode mode, Int8Kernel int8) {
    try (NDManager scope = script.manager().newSubManager()) {
      run(
          "configure",
          IValue.from(model.heads()),
          IValue.from(model.nopeSize()),
          IValue.from(model.ropeSize()),
          IValue.from(model.latentRank()),
          IValue.from(mode.cacheType()),
          IValue.from(mode.linearType()),
          IValue.from(int8.levels()),
          IValue.from(int8.sumsWidely()),
          IValue.from(mode.group()),
          IValue.from(TorchRuntime.threads()),
          IValue.from(model.normEpsilon()),
          IValue.from(model.scoreScale()),
          IValue.from(model.ropeScaling().magnitude()),
          IValue.from((PtNDArray) scope.create(model.rotaryFrequencies())));
    }
  }

  /** Runs one step: the cache takes every row's latent, and the sampling rows are scored. */
  public StepOutput step(StepInput input) {
    NDManager scope = script.manager().newSubManager();
    try {
      List<PtNDArray> results = results(scope, input);
      return new StepOutput(
          scope,
          results.get(0),
          results.get(1).toFloatArray(),
          results.get(2).toLongArray(),
          Math.toIntExact(results.get(2).getShape().get(1)) - 1,
          results.get(3).toFloatArray());
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  private List<PtNDArray> results(NDManager results, StepInput input) {
    try (NDManager scope = script.manager().newSubManager();
        IValue value =
            call(
                "step",
                vector(scope, input.tokens()),
                vector(scope, input.positions()),
                vector(scope, input.slots()),
                blocks(scope, input.single()),
                IValue.listFrom(input.single().tiles()),
                IValue.listFrom(input.single().together()),
                IValue.listFrom(input.single().shared()),
                blocks(scope, input.full()),
                IValue.listFrom(input.full().tiles()),
                IValue.listFrom(input.full().together()),
                IValue.listFrom(input.full().shared()),
                vector(scope, input.sampling()),
                IValue.from((PtNDArray) scope.create(input.inverseTemperatures())),
                IValue.from(input.candidates()))) {
      return List.of(value.toTensorArray((PtNDManager) results));
    }
  }

  private static IValue vector(NDManager scope, long[] numbers) {
    return IValue.from((PtNDArray) scope.create(numbers));
  }

  private static IValue blocks(NDManager scope, AttentionBlocks blocks) {
    long[] own =
        Stream.of(blocks.pages(), blocks.owners(), blocks.starts())
            .flatMapToLong(Arrays::stream)
            .toArray();
    return IValue.listFrom(
        (PtNDArray) scope.create(own, new Shape(3, blocks.pages().length)),
        (PtNDArray) scope.create(blocks.members()));
  }

  /** Bytes of all weights as they are kept. */
  public long weightBytes() {
    try (IValue bytes = call("weight_bytes")) {
      return bytes.toLong();
    }
  }

  /** The manager above all of this program's tensors on the Java side. */
  NDManager manager() {
    return script.manager();
  }

  private void run(String method, IValue... arguments) {
    script.run(method, arguments);
  }

  private IValue call(String method, IValue... arguments) {
    return script.callOnce(method, arguments);
  }

  @Override
  public void close() {
    script.close();
  }
}

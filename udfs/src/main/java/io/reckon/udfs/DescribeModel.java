package io.reckon.udfs;

import io.reckon.engine.api.ModelDescription;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * Asks an executor for the model that its engine answers with, loading it where need be. The
 * fingerprint is part of every request's name, so planning needs it.
 */
public final class DescribeModel implements Function<Integer, ModelDescription>, Serializable {
  private static final long serialVersionUID = 1L;

  private final EngineSettings settings;
  private final EngineFactory factory;

  private DescribeModel(EngineSettings settings, EngineFactory factory) {
    this.settings = settings;
    this.factory = factory;
  }

  /** A job of one task; where driver and executor are one JVM none is needed. */
  public static ModelDescription ask(
      JavaSparkContext spark, EngineSettings settings, EngineFactory factory)
      throws InterruptedException {
    DescribeModel model = new DescribeModel(settings, factory);
    return spark.isLocal()
        ? model.call(0)
        : GpuStage.of(spark.sc(), settings).on(spark.parallelize(List.of(0), 1).map(model)).first();
  }

  @Override
  public ModelDescription call(Integer any) throws InterruptedException {
    try (EngineLease lease = ExecutorEngine.lease(settings, factory)) {
      return lease.engine().model();
    }
  }
}

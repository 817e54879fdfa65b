package io.reckon.jobs.cli;

import io.reckon.engine.ModelFootprint;
import io.reckon.engine.checkpoint.ModelConfiguration;
import io.reckon.udfs.ReckonPlugin;
import io.reckon.udfs.ReckonSparkConf;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Prints what a model needs.
 *
 * @param model as the user named it
 */
record CapacityReport(PrintWriter out, String model) {
  private static final int WIDEST_CELL = 80;
  private static final int CORES = 8;
  private static final String CPU_MODE = "int8";
  private static final String SMALLEST_MODE = "int4";

  void print(Capacity capacity) {
    printModel(capacity.model());
    printCache(capacity);
    out.println();
    printModes(capacity);
    out.println();
    printConclusion(capacity);
    out.println();
    settings(capacity).forEach((key, value) -> out.printf("    %-36s %s%n", key, value));
  }

  private void printModel(ModelFootprint footprint) {
    ModelConfiguration shape = footprint.shape();
    line(
        "model",
        "%s: %s weights, %d layers, hidden %d, %d heads, latent %d + %d, context %s"
            .formatted(
                footprint.name(),
                Texts.count(footprint.parameters()),
                shape.layers(),
                shape.hiddenSize(),
                shape.heads(),
                shape.latentRank(),
                shape.ropeSize(),
                Texts.count(shape.contextTokens())));
  }

  private void printCache(Capacity capacity) {
    ModelFootprint footprint = capacity.model();
    long latent = footprint.cacheBytesPerToken("bf16");
    long plain = footprint.plainCacheBytesPerToken("bf16");
    line(
        "cache",
        "%s bytes a token; plain multi-head attention would need %s, %.1f times as many"
            .formatted(Texts.count(latent), Texts.count(plain), (double) plain / latent));
    line(
        "asked for",
        "%s requests of %s tokens at a time"
            .formatted(Texts.count(capacity.requests()), Texts.count(capacity.contextTokens())));
  }

  private void line(String label, String text) {
    out.printf(Locale.ROOT, "%-10s %s%n", label, text);
  }

  private void printModes(Capacity capacity) {
    String gpu = capacity.gpuBytes().isPresent() ? "on the GPU" : "runs on";
    TextTable table =
        new TextTable(WIDEST_CELL, "mode", "weights>", "cache>", "work, about>", "in all>", gpu);
    for (String mode : ModelFootprint.modes()) {
      table.add(
          mode,
          Texts.bytes(capacity.model().weightBytes(mode)),
          Texts.bytes(capacity.cacheBytes(mode)),
          Texts.bytes(capacity.workBytes(mode)),
          Texts.bytes(capacity.totalBytes(mode)),
          capacity.gpuBytes().isPresent() ? verdict(capacity, mode) : devices(mode));
    }
    table.print(out);
  }

  private static String devices(String mode) {
    return ModelFootprint.runsOnGpu(mode) ? "CPU, GPU" : "CPU";
  }

  private static String verdict(Capacity capacity, String mode) {
    if (!ModelFootprint.runsOnGpu(mode)) {
      return "no: this mode runs on CPUs";
    }
    if (capacity.room(mode) < 0) {
      return "no: %s too large without any cache".formatted(Texts.bytes(-capacity.room(mode)));
    }
    long fit = capacity.requestsOnGpu(mode);
    return fit == 0
        ? "no: it leaves no room for one such request"
        : "yes: %s such requests fit".formatted(Texts.count(fit));
  }

  private void printConclusion(Capacity capacity) {
    if (capacity.modeForGpu().isPresent()) {
      out.println("Spark settings, one executor a GPU:");
      return;
    }
    capacity
        .gpuBytes()
        .ifPresent(
            bytes -> {
              out.printf(
                  Locale.ROOT,
                  "No mode fits a GPU of %s. A second one does not help: an engine uses one GPU.%n",
                  Texts.bytes(bytes));
            });
    out.printf(
        Locale.ROOT,
        "Spark settings, executors on CPUs in mode %s (%s needs %s less):%n",
        CPU_MODE,
        SMALLEST_MODE,
        Texts.bytes(capacity.totalBytes(CPU_MODE) - capacity.totalBytes(SMALLEST_MODE)));
  }

  private Map<String, String> settings(Capacity capacity) {
    String mode = capacity.modeForGpu().orElse(CPU_MODE);
    boolean gpu = capacity.modeForGpu().isPresent();
    long asked = capacity.requests();
    long requests = gpu ? Math.min(asked, capacity.requestsOnGpu(mode)) : asked;
    long cacheBytes = capacity.model().cacheBytes(mode, requests, capacity.contextTokens());
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.plugins", ReckonPlugin.class.getName());
    settings.put("spark.executor.cores", Integer.toString(CORES));
    settings.put("spark.executor.memory", "4g");
    settings.put(
        "spark.executor.memoryOverhead", gpu ? "6g" : gigabytesUp(capacity.totalBytes(mode)));
    if (gpu) {
      settings.put("spark.executor.resource.gpu.amount", "1");
      settings.put("spark.task.resource.gpu.amount", Double.toString(1.0 / CORES));
    }
    settings.put(ReckonSparkConf.MODEL, model);
    settings.put(ReckonSparkConf.MODE, mode);
    settings.put(ReckonSparkConf.MAX_RUNNING, Long.toString(requests));
    settings.put(ReckonSparkConf.CACHE_BYTES, megabytes(cacheBytes));
    return settings;
  }

  private static String gigabytesUp(long bytes) {
    return ((bytes >> 30) + 1) + "g";
  }

  /** So many that the cache of all requests fits. */
  private static String megabytes(long bytes) {
    return ((bytes >> 20) + 1) + "m";
  }
}

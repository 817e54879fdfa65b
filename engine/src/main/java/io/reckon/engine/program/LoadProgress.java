package io.reckon.engine.program;

/** Hears how far the loading of a model has come. */
@FunctionalInterface
public interface LoadProgress {
  /** Hears nothing. */
  LoadProgress UNHEARD = (loaded, total) -> {};

  /**
   * Some more is loaded.
   *
   * @param loadedBytes of the checkpoint's files, up to now
   * @param totalBytes of those files' tensors
   */
  void loaded(long loadedBytes, long totalBytes);
}

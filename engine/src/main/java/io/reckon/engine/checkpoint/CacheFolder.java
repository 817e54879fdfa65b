package io.reckon.engine.checkpoint;

import java.nio.file.Path;

/** Where this machine keeps what could be had again. */
public final class CacheFolder {
  private CacheFolder() {}

  /** A folder in the one that {@code RECKON_CACHE} names, else in {@code ~/.cache/reckon}. */
  public static Path of(String name) {
    String cache = System.getenv("RECKON_CACHE");
    return cache != null
        ? Path.of(cache, name)
        : Path.of(System.getProperty("user.home"), ".cache", "reckon", name);
  }
}

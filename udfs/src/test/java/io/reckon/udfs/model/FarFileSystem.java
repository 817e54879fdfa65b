package io.reckon.udfs.model;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * This machine's files as if they lay elsewhere. What is opened is written down in a file {@code
 * opened} beside it; opening takes as long as a file {@code slow} is there.
 */
public final class FarFileSystem extends RawLocalFileSystem {
  static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.far.impl", FarFileSystem.class, RawLocalFileSystem.class);
    return hadoop;
  }

  static String address(java.nio.file.Path path) {
    return "far://" + path;
  }

  @Override
  public URI getUri() {
    return URI.create("far:///");
  }

  @Override
  public String getScheme() {
    return "far";
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    java.nio.file.Path file = java.nio.file.Path.of(path.toUri().getPath());
    Files.writeString(
        file.resolveSibling("opened"),
        file.getFileName() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    while (Files.exists(file.resolveSibling("slow"))) {
      Thread.onSpinWait();
    }
    return super.open(path, bufferSize);
  }
}

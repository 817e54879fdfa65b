package io.reckon.udfs.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The one style of both pages. It applies within elements of class {@code reckon}: light, and dark
 * where Spark's interface is; with the class {@code page} as the reader's system is.
 */
public final class Stylesheet {
  private static final String CSS = read();

  private Stylesheet() {}

  /** Writes it where the markup stands. */
  public static void write(Html html) {
    html.style(CSS);
  }

  private static String read() {
    try (InputStream css = Stylesheet.class.getResourceAsStream("page.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Reckon's jar is damaged: page.css cannot be read", e);
    }
  }
}

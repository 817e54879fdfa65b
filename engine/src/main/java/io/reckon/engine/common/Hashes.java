package io.reckon.engine.common;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The one hash that Reckon takes. */
public final class Hashes {
  private Hashes() {}

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

package io.reckon.engine.checkpoint;

/**
 * Arrays that are used again and again, so that loading leaves no garbage. Each has at least the
 * length asked for, and what stands in it is of no meaning. For one thread.
 */
public final class Scratch {
  private byte[] bytes = new byte[0];
  private byte[] bits = new byte[0];
  private float[] floats = new float[0];

  public byte[] bytes(int length) {
    bytes = bytes.length < length ? new byte[length] : bytes;
    return bytes;
  }

  byte[] bits(int length) {
    bits = bits.length < length ? new byte[length] : bits;
    return bits;
  }

  float[] floats(int length) {
    floats = floats.length < length ? new float[length] : floats;
    return floats;
  }
}

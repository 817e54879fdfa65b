package io.reckon.engine.checkpoint;

import io.reckon.engine.checkpoint.block.BlockFormat;
import io.reckon.engine.checkpoint.block.Iq4NlFormat;
import io.reckon.engine.checkpoint.block.PlainFormat;
import io.reckon.engine.checkpoint.block.Q40Format;
import io.reckon.engine.checkpoint.block.Q41Format;
import io.reckon.engine.checkpoint.block.Q4KFormat;
import io.reckon.engine.checkpoint.block.Q50Format;
import io.reckon.engine.checkpoint.block.Q51Format;
import io.reckon.engine.checkpoint.block.Q5KFormat;
import io.reckon.engine.checkpoint.block.Q6KFormat;
import io.reckon.engine.checkpoint.block.Q80Format;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Number formats that weights are stored in, by the names that safetensors and GGUF give them. */
public enum TensorType {
  F32(0, PlainFormat.F32),
  F16(1, PlainFormat.F16),
  BF16(30, PlainFormat.BF16),
  /** With a scale for each square of 128 by 128; in safetensors only. */
  F8_E4M3(-1, PlainFormat.F8_E4M3),
  Q8_0(8, new Q80Format()),
  Q6_K(14, new Q6KFormat()),
  Q5_K(13, new Q5KFormat()),
  Q4_K(12, new Q4KFormat()),
  Q5_1(7, new Q51Format()),
  Q5_0(6, new Q50Format()),
  Q4_1(3, new Q41Format()),
  Q4_0(2, new Q40Format()),
  IQ4_NL(20, new Iq4NlFormat());

  /** Names of what a GGUF may hold beside. */
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"));

  private final int ggufNumber;
  private final BlockFormat format;

  TensorType(int ggufNumber, BlockFormat format) {
    this.ggufNumber = ggufNumber;
    this.format = format;
  }

  /** How its numbers are packed. */
  public BlockFormat format() {
    return format;
  }

  /** Bytes of that many numbers, whole blocks of them; the largest long where it is beyond that. */
  public long bytes(long numbers) {
    long blocks = numbers / format.blockNumbers();
    return blocks > Long.MAX_VALUE / format.blockBytes()
        ? Long.MAX_VALUE
        : blocks * format.blockBytes();
  }

  /** The type that safetensors calls so. */
  static Optional<TensorType> ofSafetensors(String name) {
    // The variant without infinities is the one that DeepSeek publishes and this name stands for.
    return Arrays.stream(values())
        .filter(type -> type.format instanceof PlainFormat && type.name().equals(name))
        .findFirst();
  }

  /** The type that has this number in a GGUF. */
  static Optional<TensorType> ofGguf(int number) {
    return Arrays.stream(values()).filter(type -> type.ggufNumber == number).findFirst();
  }

  /** What the type of this number in a GGUF is called, whether or not it can be read. */
  static String nameInGguf(int number) {
    return ofGguf(number)
        .map(Enum::name)
        .orElseGet(() -> OTHERS.getOrDefault(number, "number " + Integer.toUnsignedString(number)));
  }
}

package io.reckon.engine.checkpoint.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Formats that the files of the reference vectors have not, and what holds for all. */
class BlockFormatTest {
  private static final Random RANDOM = new Random(3);

  /** One and a half, the factor of every block here. */
  private static final byte[] FACTOR = {0x00, 0x3e};

  /** With it where a block has one: less three quarters. */
  private static final byte[] FACTOR_AND_MINIMUM = {0x00, 0x3e, 0x00, (byte) 0xba};

  @Test
  void q50JoinsTheFifthBitsToTheOthers() {
    int[] numbers = RANDOM.ints(32, 0, 32).toArray();
    byte[] block = Arrays.copyOf(FACTOR, 22);
    for (int i = 0; i < 32; i++) {
      block[2 + i / 8] |= (byte) ((numbers[i] / 16) << (i % 8));
      block[6 + i % 16] |= (byte) ((numbers[i] % 16) << (i / 16 * 4));
    }
    float[] expected = new float[32];
    for (int i = 0; i < 32; i++) {
      expected[i] = 1.5f * (numbers[i] - 16);
    }
    assertThat(decoded(new Q50Format(), block)).containsExactly(expected);
  }

  @Test
  void q51AddsItsMinimumToNumbersOfFiveBits() {
    int[] numbers = RANDOM.ints(32, 0, 32).toArray();
    byte[] block = Arrays.copyOf(FACTOR_AND_MINIMUM, 24);
    for (int i = 0; i < 32; i++) {
      block[4 + i / 8] |= (byte) ((numbers[i] / 16) << (i % 8));
      block[8 + i % 16] |= (byte) ((numbers[i] % 16) << (i / 16 * 4));
    }
    float[] expected = new float[32];
    for (int i = 0; i < 32; i++) {
      expected[i] = 1.5f * numbers[i] - 0.75f;
    }
    assertThat(decoded(new Q51Format(), block)).containsExactly(expected);
  }

  @Test
  void q41AddsItsMinimumToNumbersOfFourBits() {
    int[] numbers = RANDOM.ints(32, 0, 16).toArray();
    byte[] block = Arrays.copyOf(FACTOR_AND_MINIMUM, 20);
    for (int i = 0; i < 32; i++) {
      block[4 + i % 16] |= (byte) (numbers[i] << (i / 16 * 4));
    }
    float[] expected = new float[32];
    for (int i = 0; i < 32; i++) {
      expected[i] = 1.5f * numbers[i] - 0.75f;
    }
    assertThat(decoded(new Q41Format(), block)).containsExactly(expected);
  }

  @Test
  void iq4NlNamesLevels() {
    byte[] block = Arrays.copyOf(FACTOR, 18);
    for (int i = 0; i < 16; i++) {
      block[2 + i] = (byte) (i | ((15 - i) << 4));
    }
    float[] numbers = decoded(new Iq4NlFormat(), block);
    assertThat(Arrays.copyOf(numbers, 16))
        .containsExactly(
            -190.5f, -156, -124.5f, -97.5f, -73.5f, -52.5f, -33, -15, 1.5f, 19.5f, 37.5f, 57, 79.5f,
            103.5f, 133.5f, 169.5f);
    for (int i = 0; i < 16; i++) {
      assertThat(numbers[16 + i]).isEqualTo(numbers[15 - i]);
    }
  }

  @Test
  void fourBitsAreTheNumbersThatTheyStandFor() {
    for (FourBitFormat format :
        new FourBitFormat[] {new Q40Format(), new Q41Format(), new Q4KFormat()}) {
      byte[] blocks = finite(format, 512);
      float[] numbers = decoded(format, blocks);
      byte[] bits = new byte[numbers.length];
      float[] groups = new float[numbers.length / 16];
      format.unpack(blocks, 0, bits, groups, 0, numbers.length);
      for (int i = 0; i < numbers.length; i++) {
        assertThat(bits[i]).isBetween((byte) 0, (byte) 15);
        double number = (bits[i] - 8.0) * groups[i / 32 * 2] + groups[i / 32 * 2 + 1];
        assertThat(Math.abs(number - numbers[i])).isLessThan(1e-4 * (1 + Math.abs(number)));
      }
    }
  }

  /** Random blocks whose factors, at the start or the end, are small numbers. */
  private static byte[] finite(BlockFormat format, int numbers) {
    byte[] blocks = new byte[numbers / format.blockNumbers() * format.blockBytes()];
    RANDOM.nextBytes(blocks);
    for (int at = 0; at < blocks.length; at += format.blockBytes()) {
      blocks[at + 1] &= 0x2f;
      blocks[at + 3] &= 0x2f;
      blocks[at + format.blockBytes() - 1] &= 0x2f;
    }
    return blocks;
  }

  @Test
  void blocksStandForThemselvesWhereverTheyLie() {
    for (BlockFormat format :
        new BlockFormat[] {
          new Q80Format(),
          new Q6KFormat(),
          new Q5KFormat(),
          new Q4KFormat(),
          new Q51Format(),
          new Q41Format()
        }) {
      byte[] blocks = finite(format, 1024);
      float[] all = decoded(format, blocks);
      int half = blocks.length / 2;
      float[] second = new float[3 + 512];
      format.decode(blocks, half, second, 3, 512);
      assertThat(Arrays.copyOfRange(second, 3, 515))
          .containsExactly(Arrays.copyOfRange(all, 512, 1024));
    }
  }

  @Test
  void halvesAreExact() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = (bits >> 10) & 31;
      int mantissa = bits & 1023;
      double magnitude =
          switch (exponent) {
            case 0 -> mantissa * 0x1p-24;
            case 31 -> mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> (1024 + mantissa) * Math.pow(2, exponent - 25);
          };
      double expected = bits < 1 << 15 ? magnitude : -magnitude;
      assertThat(Double.valueOf(Halves.toFloat(bits))).isEqualTo(Double.valueOf(expected));
    }
  }

  @Test
  void floatsOf8BitsHaveNoInfinity() {
    byte[] bytes = {0x00, 0x01, 0x08, 0x38, 0x7e, 0x7f, (byte) 0xb8, (byte) 0xfe};
    assertThat(decoded(PlainFormat.F8_E4M3, bytes))
        .containsExactly(0, 0x1p-9f, 0x1p-6f, 1, 448, Float.NaN, -1, -448);
  }

  private static float[] decoded(BlockFormat format, byte[] blocks) {
    float[] numbers = new float[blocks.length / format.blockBytes() * format.blockNumbers()];
    format.decode(blocks, 0, numbers, 0, numbers.length);
    return numbers;
  }
}

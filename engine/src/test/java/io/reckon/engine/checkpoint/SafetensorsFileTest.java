package io.reckon.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFileTest {
  private static final String ENTRY =
      "{'a':{'dtype':'F32','shape':[2,1],'data_offsets':[0,8]},"
          + "'b':{'dtype':'BF16','shape':[3],'data_offsets':[8,14]},'__metadata__':{'x':'y'}}";

  @TempDir Path folder;

  @Test
  void findsTensors() throws Exception {
    SafetensorsFile file = SafetensorsFile.open(write(ENTRY, 14));
    assertThat(file.tensors().keySet()).containsExactly("a", "b");
    ByteBuffer half = ByteBuffer.allocate(4);
    file.tensors().get("a").read(4, half);
    assertThat(half.array()).containsExactly(4, 5, 6, 7);
    StoredTensor second = file.tensors().get("b");
    assertThat(second.type()).contains(TensorType.BF16);
    assertThat(second.shape()).isEqualTo(List.of(3));
    ByteBuffer all = ByteBuffer.allocate((int) second.bytes());
    second.read(0, all);
    assertThat(all.array()).containsExactly(8, 9, 10, 11, 12, 13);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(ENTRY, 13, "tensor b lies at bytes 8 to 14 of 13; the file is cut short"),
        Arguments.of(entry("F32", "[2,2]", "[0,8]"), 8, "has 8 bytes, which is not a F32 tensor"),
        Arguments.of(entry("F32", "[-2]", "[0,8]"), 8, "tensor t has shape [-2]"),
        Arguments.of(
            entry("F32", "[2147483647,2147483647,2147483647]", "[0,8]"), 8, "is not a F32 tensor"),
        Arguments.of(entry("F32", "[2]", "[8,0]"), 8, "lies at bytes 8 to 0 of 8"),
        Arguments.of(entry("F32", "[2]", "[-8,0]"), 8, "lies at bytes -8 to 0 of 8"),
        Arguments.of(entry("F32", "[2]", "[0]"), 8, "tensor t has no data_offsets"),
        Arguments.of(
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                + "'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
            12,
            "tensor b overlaps a"),
        Arguments.of("[1,2]", 8, "is not a JSON object"),
        Arguments.of("{'a':", 8, "is not valid JSON"),
        Arguments.of("{'a':{},'a':{}}", 8, "tensor a has no data_offsets"),
        Arguments.of(
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{}}",
            8,
            "is not valid JSON (Duplicate field 'a')"),
        Arguments.of("{'a':1}", 8, "tensor a is no JSON object"),
        Arguments.of(entry("F32", "[1.5]", "[0,8]"), 8, "tensor t has a shape that is not a list"),
        Arguments.of(entry("F32", "{}", "[0,8]"), 8, "tensor t has a shape that is not a list"),
        Arguments.of(
            entry("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), 8, "a list of at most 8 whole numbers"),
        Arguments.of(
            entry("F32", "[2]", "[0,36893488147419103240]"),
            8,
            "a list of at most 2 whole numbers"),
        Arguments.of(entry("F32", "[2]", "['0','8']"), 8, "a list of at most 2 whole numbers"),
        Arguments.of("{'a':" + "[".repeat(5000), 8, "tensor a is no JSON object"),
        Arguments.of("{'a':{'x':" + "[".repeat(5000), 8, "nesting depth"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void refusesInOneLine(String header, int dataBytes, String message) throws Exception {
    Path path = write(header, dataBytes);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CHECKPOINT))
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesAHeaderLongerThanTheFileBeforeItTakesMemory() throws Exception {
    for (long length : new long[] {-1, Long.MAX_VALUE, 1L << 40, 100}) {
      Path path = folder.resolve("absurd.safetensors");
      Files.write(path, little(16).putLong(length).array());
      assertThatThrownBy(() -> SafetensorsFile.open(path))
          .hasMessageContaining(
              "claims a header of " + Long.toUnsignedString(length) + " bytes where at most 8");
    }
  }

  @Test
  void takesLittleMemoryForALargeHeader() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String part : List.of("[],", "{},", "1,")) {
      String lists = part.repeat(9_000_000 / part.length());
      Path path = write("{'__metadata__':{'x':[" + lists + "1]}}", 8);
      long before = threads.getCurrentThreadAllocatedBytes();
      SafetensorsFile.open(path);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(200_000_000);
    }
    assertThatThrownBy(() -> SafetensorsFile.open(write("[".repeat(9_000_000), 8)))
        .hasMessageContaining("is not a JSON object");
  }

  @Test
  void refusesAFileTooShortForALength() throws Exception {
    Path path = Files.write(folder.resolve("short.safetensors"), new byte[3]);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessageContaining("has 3 bytes, too few for a header");
  }

  @Test
  void keepsATensorOfAnotherTypeInSight() throws Exception {
    SafetensorsFile file = SafetensorsFile.open(write(entry("I64", "[1]", "[0,8]"), 8));
    assertThat(file.tensors().get("t").type()).isEmpty();
    assertThat(file.tensors().get("t").typeName()).isEqualTo("I64");
  }

  private static String entry(String type, String shape, String offsets) {
    return "{'t':{'dtype':'%s','shape':%s,'data_offsets':%s}}".formatted(type, shape, offsets);
  }

  private Path write(String header, int dataBytes) throws Exception {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(little(8).putLong(json.length).array());
    out.writeBytes(json);
    for (int i = 0; i < dataBytes; i++) {
      out.write(i);
    }
    return Files.write(folder.resolve("test.safetensors"), out.toByteArray());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

package io.reckon.engine.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs a TorchScript class into an archive that libtorch loads, with no Python at hand.
 *
 * <p>The archive is a zip of stored entries under one folder: {@code data.pkl} (a pickle that makes
 * the object and sets its attributes), {@code constants.pkl}, {@code version} and the source as
 * {@code code/__torch__.py}. Attributes are declared in the source as {@code name : Type} in the
 * class body; each starts empty (a number zero, a string or list empty, a tensor list empty) and a
 * method of the class fills it after loading.
 *
 * @see <a href="https://pytorch.org/docs/stable/jit.html">TorchScript</a>
 */
final class ScriptArchive {
  private static final Pattern CLASS = Pattern.compile("(?m)^class (\\w+)\\(Module\\):");
  private static final Pattern ATTRIBUTE =
      Pattern.compile("(?m)^  (\\w+) : (int|float|bool|str|List\\[[\\w.]+\\])(?: *#.*)?$");

  private ScriptArchive() {}

  /**
   * Writes the archive of {@code source}.
   *
   * @param source one class {@code class NAME(Module):} indented by two spaces
   */
  static void write(String source, OutputStream out) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      stored(zip, "data.pkl", pickle(source));
      stored(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      stored(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      stored(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static byte[] pickle(String source) throws IOException {
    Matcher name = CLASS.matcher(source);
    if (!name.find()) {
      throw new IllegalArgumentException("the program has no line 'class NAME(Module):'");
    }
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write(ascii("c__torch__\n" + name.group(1) + "\nq\0)"));
    pickle.write(new byte[] {(byte) 0x81, '}', '('});
    attribute(pickle, "training", new byte[] {(byte) 0x89});
    attribute(pickle, "_is_full_backward_hook", ascii("N"));
    for (String[] declared : attributes(source)) {
      attribute(pickle, declared[0], emptyValue(declared[1]));
    }
    pickle.write(ascii("ub."));
    return pickle.toByteArray();
  }

  private static List<String[]> attributes(String source) {
    List<String[]> found = new ArrayList<>();
    Matcher matcher = ATTRIBUTE.matcher(source);
    while (matcher.find()) {
      if (!matcher.group(1).equals("training")) {
        found.add(new String[] {matcher.group(1), matcher.group(2)});
      }
    }
    return found;
  }

  private static byte[] emptyValue(String type) {
    return switch (type) {
      case "int" -> ascii("K\0");
      case "float" -> new byte[] {'G', 0, 0, 0, 0, 0, 0, 0, 0};
      case "bool" -> new byte[] {(byte) 0x89};
      case "str" -> new byte[] {'X', 0, 0, 0, 0};
      default -> ascii("]");
    };
  }

  private static void attribute(ByteArrayOutputStream out, String name, byte[] value)
      throws IOException {
    byte[] utf8 = ascii(name);
    out.write('X');
    out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(utf8.length).array());
    out.write(utf8);
    out.write(value);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("program/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}

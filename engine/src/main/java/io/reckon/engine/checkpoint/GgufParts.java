package io.reckon.engine.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a GGUF model: one, or all parts of it.
 *
 * @param headers theirs, in order; the first has the metadata
 */
record GgufParts(List<GgufHeader> headers) {
  private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
  private static final int MOST_PARTS = 10_000;

  GgufParts {
    headers = List.copyOf(headers);
  }

  /**
   * Reads the headers of all parts.
   *
   * @param file the only file, or any part
   */
  static GgufParts read(Path file) {
    return read(file, GgufHeader::read);
  }

  /** Reads the headers of all parts, whose tensors need not be there. */
  static GgufParts peek(Path file) {
    return read(file, GgufHeaderReader::peek);
  }

  private static GgufParts read(Path file, Function<Path, GgufHeader> reader) {
    GgufHeader header = reader.apply(file);
    long parts = header.whole("split.count").orElse(1);
    if (parts <= 1) {
      return new GgufParts(List.of(header));
    }
    Matcher name = PART.matcher(file.getFileName().toString());
    if (parts > MOST_PARTS || !name.matches() || Integer.parseInt(name.group(3)) != parts) {
      throw CheckpointErrors.bad(
          file,
          "is one of %d parts; keep their names, such as model-00001-of-%05d.gguf"
              .formatted(parts, parts));
    }
    List<GgufHeader> headers = new ArrayList<>();
    for (int i = 1; i <= parts; i++) {
      Path part = file.resolveSibling("%s-%05d-of-%05d.gguf".formatted(name.group(1), i, parts));
      headers.add(numbered(reader.apply(part), i));
    }
    return new GgufParts(headers);
  }

  private static GgufHeader numbered(GgufHeader header, int number) {
    long says = header.whole("split.no").orElse(-1) + 1;
    if (says != number) {
      throw CheckpointErrors.bad(
          header.path(), "calls itself part " + says + "; give every part its own name again");
    }
    return header;
  }

  GgufHeader first() {
    return headers.get(0);
  }

  /** The tensors of all parts by their Hugging Face names. */
  Map<String, StoredTensor> tensors() {
    return Weights.together(headers.stream().map(GgufHeader::tensors).toList(), GgufNames::tensor);
  }

  ModelConfiguration configuration() {
    return GgufConfiguration.read(first(), tensors());
  }
}

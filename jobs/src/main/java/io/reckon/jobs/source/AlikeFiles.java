package io.reckon.jobs.source;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;

/** Files that Spark can read together, and as what. */
record AlikeFiles(SourceFormat format, List<String> paths) {
  private static final String LINES = "an object a line";
  private static final String ONE_VALUE = "one value";

  private static final ObjectMapper STRICT =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * Groups of files, in the order of the first of each: CSV files by their headers, for Spark would
   * read all by position under the header of one; JSON files by whether a value spans lines. Empty
   * ones are left out where there are others.
   */
  static List<AlikeFiles> groups(SourceFormat format, List<String> paths, FileContent content) {
    return switch (format) {
      case CSV -> groups(paths, file -> header(content, file), header -> format);
      case JSON ->
          groups(
              paths,
              file -> form(content, file),
              form -> form.equals(LINES) ? SourceFormat.JSONL : format);
      default -> List.of(new AlikeFiles(format, paths));
    };
  }

  private static List<AlikeFiles> groups(
      List<String> paths, Function<Path, String> likeness, Function<String, SourceFormat> format) {
    // Opening a file takes an object store long.
    List<String> likenesses =
        paths.parallelStream().map(path -> likeness.apply(new Path(path))).toList();
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (int file = 0; file < likenesses.size(); file++) {
      groups.computeIfAbsent(likenesses.get(file), alike -> new ArrayList<>()).add(paths.get(file));
    }
    if (groups.size() > 1) {
      groups.remove("");
    }
    return groups.entrySet().stream()
        .map(group -> new AlikeFiles(format.apply(group.getKey()), group.getValue()))
        .toList();
  }

  /**
   * How a JSON file is to be read; nothing for one without content.
   *
   * @throws UserError where it holds several values that span lines: Spark would read the first and
   *     pass over the others
   */
  private static String form(FileContent content, Path file) {
    String head = content.head(file).stripLeading();
    if (head.isEmpty()) {
      return "";
    }
    if (!spansLines(head)) {
      return LINES;
    }
    requireOneValue(content, file);
    return ONE_VALUE;
  }

  private static void requireOneValue(FileContent content, Path file) {
    try (InputStream in = content.open(file);
        JsonParser json = STRICT.createParser(in)) {
      json.nextToken();
      json.skipChildren();
      if (json.nextToken() != null) {
        throw new UserError(
            "'%s' holds several JSON values that span lines (line %d begins another); make them one array, or one object a line"
                .formatted(file, json.currentTokenLocation().getLineNr()));
      }
    } catch (JacksonException e) {
      throw new UserError(
          "'%s' is not JSON: %s in line %d; where it has one object a line, give --format jsonl"
              .formatted(file, e.getOriginalMessage(), e.getLocation().getLineNr()),
          e);
    } catch (IOException e) {
      throw FileContent.unreadable(file, e);
    }
  }

  private static boolean spansLines(String head) {
    if (!head.startsWith("{")) {
      return true;
    }
    String firstLine = head.lines().findFirst().orElse("");
    try {
      return !STRICT.readTree(firstLine).isObject();
    } catch (JacksonException e) {
      // A line that fills the whole head was cut, not broken.
      return firstLine.length() < head.length();
    }
  }

  /** The first record as it is written, the start of a very long one; empty where there is none. */
  private static String header(FileContent content, Path file) {
    StringBuilder header = new StringBuilder();
    for (String line : content.head(file).lines().dropWhile(String::isEmpty).toList()) {
      header.append(line).append('\n');
      if (header.chars().filter(letter -> letter == '"').count() % 2 == 0) {
        break; // No quote is open: the line's end is the record's.
      }
    }
    return header.toString();
  }
}

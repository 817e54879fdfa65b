package io.reckon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocumentationTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

  @Test
  void linksOnlyToWhatIsThere() throws IOException {
    List<String> dead = pages().flatMap(DocumentationTest::deadLinks).toList();
    assertThat(dead).isEmpty();
  }

  private static Stream<Path> pages() throws IOException {
    List<Path> pages =
        Stream.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("conf"))
            .flatMap(DocumentationTest::list)
            .filter(page -> page.toString().endsWith(".md"))
            .toList();
    assertThat(pages).hasSizeGreaterThan(5);
    return pages.stream();
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> deadLinks(Path page) {
    try {
      return LINK.matcher(Files.readString(page))
          .results()
          .map(link -> link.group(1))
          .filter(target -> !target.startsWith("http"))
          .filter(target -> !Files.exists(page.resolveSibling(target)))
          .map(target -> ROOT.relativize(page) + ": " + target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.reckon.engine.text;

import java.util.Optional;

/**
 * Looks through a template's tags and expressions for what its parser, which nothing can stop,
 * would take hours for.
 */
final class TagScan {
  /** The longest of published templates have some hundreds. */
  private static final int LONGEST_TAG = 16 << 10;

  private static final int DEEPEST_BRACKETS = 50;

  private final String source;
  private int at;

  private TagScan(String source) {
    this.source = source;
  }

  /** What is wrong, where something is. */
  static Optional<String> flaw(String source) {
    TagScan scan = new TagScan(source);
    Optional<String> flaw = Optional.empty();
    while (flaw.isEmpty() && scan.findTag()) {
      flaw = scan.flawOfTag();
    }
    return flaw;
  }

  /** Where the tag or expression ends that begins at a place; -1 where it does not. */
  static int end(String source, int begin) {
    TagScan scan = new TagScan(source);
    scan.at = begin + 2;
    boolean flawed = scan.flawOfTag().isPresent();
    return flawed || scan.at >= source.length() ? -1 : scan.at + 2;
  }

  /** Goes to the inside of the next tag or expression. */
  private boolean findTag() {
    while (at < source.length() && !source.startsWith("{{", at) && !source.startsWith("{%", at)) {
      at++;
    }
    at += 2;
    return at < source.length();
  }

  /** Goes to the end of the tag. */
  private Optional<String> flawOfTag() {
    int begin = at;
    for (int depth = 0; at < source.length() && !endsHere(depth); at++) {
      char c = source.charAt(at);
      if (c == '\'' || c == '"') {
        skipString(c);
      } else if ("([{".indexOf(c) >= 0) {
        depth++;
      } else if (")]}".indexOf(c) >= 0) {
        depth--;
      }
      if (depth > DEEPEST_BRACKETS || at - begin > LONGEST_TAG) {
        return Optional.of(
            "it has a tag of more than %d characters, or brackets more than %d deep"
                .formatted(LONGEST_TAG, DEEPEST_BRACKETS));
      }
    }
    return Optional.empty();
  }

  private boolean endsHere(int depth) {
    return source.startsWith("%}", at) || (depth <= 0 && source.startsWith("}}", at));
  }

  /** Goes to the closing quote. */
  private void skipString(char quote) {
    at++;
    while (at < source.length() && source.charAt(at) != quote) {
      at += source.charAt(at) == '\\' ? 2 : 1;
    }
  }
}

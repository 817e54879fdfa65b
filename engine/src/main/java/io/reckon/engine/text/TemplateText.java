package io.reckon.engine.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template's text with the white space that Jinja2 leaves in it, by the signs of its tags, {@code
 * trim_blocks} and {@code lstrip_blocks}; signs and comments are then gone. The library's own
 * settings also take the space between two words where a tag follows it, and that on both sides of
 * a comment with a sign on one. Braces that are closed inside a tag are kept apart.
 */
final class TemplateText {
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*+raw\\s*+-?%}");
  private static final Pattern END_OF_RAW = Pattern.compile("\\{%[-+]?\\s*+endraw\\s*+[-+]?%}");

  private static final Pattern TEXT_OR_TWO_BRACES =
      Pattern.compile(ExpressionSyntax.TEXT + "|}(?=})", Pattern.DOTALL);

  private final String source;
  private final StringBuilder read = new StringBuilder();
  private int at;

  private TemplateText(String source) {
    this.source = source;
  }

  /** Reads a file's text, whose lines end in any way; the end of the last is no part of it. */
  static String read(String file) {
    String lines = file.replace("\r\n", "\n").replace('\r', '\n');
    return new TemplateText(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines)
        .read();
  }

  /** What never ends is left as it is, for the library to complain about. */
  private String read() {
    Matcher raw = RAW.matcher(source);
    Matcher endOfRaw = END_OF_RAW.matcher(source);
    for (int tag = nextTag(); tag >= 0; tag = nextTag()) {
      boolean isRaw = raw.region(tag, source.length()).lookingAt();
      int end = isRaw ? raw.end() : endOfTag(tag);
      if (end < 0 || (isRaw && !endOfRaw.find(end))) {
        break;
      }
      copyText(tag);
      keepBraceApart();
      copyTag(tag, end, !isRaw);
      if (isRaw) {
        copyText(endOfRaw.start());
        copyTag(endOfRaw.start(), endOfRaw.end(), true);
      }
    }
    return read.append(source, at, source.length()).toString();
  }

  /** Where the next tag, expression or comment begins; -1 where none does. */
  private int nextTag() {
    int next = source.indexOf('{', at);
    while (next >= 0 && !has("{%#", next + 1)) {
      next = source.indexOf('{', next + 1);
    }
    return next;
  }

  /** Where it ends; -1 where it does not. */
  private int endOfTag(int tag) {
    if (!has("#", tag + 1)) {
      return TagScan.end(source, tag);
    }
    int end = source.indexOf("#}", inside(tag));
    return end < 0 ? -1 : end + 2;
  }

  private int inside(int tag) {
    return has("-+", tag + 2) ? tag + 3 : tag + 2;
  }

  private boolean has(String oneOf, int place) {
    return place < source.length() && oneOf.indexOf(source.charAt(place)) >= 0;
  }

  /** Copies what stands before a tag. */
  private void copyText(int tag) {
    int end = tag;
    if (has("-", tag + 2)) {
      while (end > at && StringMethods.isSpace(source.charAt(end - 1))) {
        end--;
      }
    } else if (has("%#", tag + 1) && !has("+", tag + 2)) {
      end = beforeIndentation(tag);
    }
    read.append(source, at, end);
  }

  /** Where the line begins if nothing but white space stands before the tag; else the tag. */
  private int beforeIndentation(int tag) {
    int begin = tag;
    while (begin > at && !has("\n", begin - 1) && StringMethods.isSpace(source.charAt(begin - 1))) {
      begin--;
    }
    return begin == 0 || has("\n", begin - 1) ? begin : tag;
  }

  /** What is left out may be all that kept a brace from the tag behind it. */
  private void keepBraceApart() {
    int last = read.length() - 1;
    if (last >= 0 && read.charAt(last) == '{') {
      read.replace(last, last + 1, "{{ '{' }}");
    }
  }

  /** Copies a tag or expression without its signs, and goes to the text behind it. */
  private void copyTag(int tag, int end, boolean trims) {
    boolean expression = has("{", tag + 1);
    int inside = inside(tag);
    boolean signed = end - 3 >= inside && has(expression ? "-" : "-+", end - 3);
    if (!has("#", tag + 1)) {
      read.append(source, tag, tag + 2).append(' ');
      read.append(bracesApart(source.substring(inside, signed ? end - 3 : end - 2)));
      read.append(' ').append(source, end - 2, end);
    }
    at = end;
    if (signed && has("-", end - 3)) {
      skipSpace();
    } else if (!signed && !expression && trims && has("\n", at)) {
      at++;
    }
  }

  /** To the library an expression ends at the first two braces that are in no text. */
  private static String bracesApart(String inside) {
    return TEXT_OR_TWO_BRACES
        .matcher(inside)
        .replaceAll(
            found -> found.group().equals("}") ? "} " : Matcher.quoteReplacement(found.group()));
  }

  private void skipSpace() {
    while (at < source.length() && StringMethods.isSpace(source.charAt(at))) {
      at++;
    }
  }
}

package io.reckon.udfs.page;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML that is also well-formed XML: every text and every attribute is escaped, every
 * element is closed. For one thread.
 */
public final class Html {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element; {@link #close} ends it.
   *
   * @param attributes names and values by turns
   */
  public Html open(String element, String... attributes) {
    start(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  /** An element without content. */
  public Html empty(String element, String... attributes) {
    start(element, attributes);
    out.append("/>");
    return this;
  }

  /** An element that holds a text. */
  public Html leaf(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  public Html text(String text) {
    escape(text);
    return this;
  }

  /** Closes the element opened last. */
  public Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** A style sheet of this project's own. */
  Html style(String css) {
    out.append("<style>").append(css).append("</style>");
    return this;
  }

  /** What was written. */
  @Override
  public String toString() {
    return out.toString();
  }

  private void start(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  private void escape(String text) {
    text.codePoints().forEach(this::escape);
  }

  private void escape(int character) {
    switch (character) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(isAllowed(character) ? character : 0xfffd);
    }
  }

  /** As XML has it: no control characters, no halves of a surrogate pair. */
  private static boolean isAllowed(int character) {
    if (character < ' ' || (character >= 0x7f && character < 0xa0)) {
      return character == '\t' || character == '\n' || character == '\r';
    }
    return Character.getType(character) != Character.SURROGATE && (character & 0xfffe) != 0xfffe;
  }
}

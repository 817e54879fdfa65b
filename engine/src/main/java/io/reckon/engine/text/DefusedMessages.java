package io.reckon.engine.text;

import io.reckon.engine.api.Message;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Messages in whose content no added token can be recognised: inside each that stands there a break
 * mark is put, and the rendered text is encoded piece by piece between the marks.
 *
 * @param messages with break marks in their content
 * @param breakMark a private-use character that no content holds
 */
record DefusedMessages(List<Message> messages, char breakMark) {
  private static final char FIRST_PRIVATE = '\uE000';
  private static final char LAST_PRIVATE = '\uF8FF';

  static DefusedMessages of(List<Message> messages, List<AddedToken> added) {
    char breakMark = unused(messages);
    List<Message> defused =
        messages.stream()
            .map(message -> new Message(message.role(), defuse(message, added, breakMark)))
            .toList();
    return new DefusedMessages(defused, breakMark);
  }

  /** The rendered text, cut at the break marks. */
  List<String> pieces(String rendered) {
    return List.of(rendered.split(Pattern.quote(String.valueOf(breakMark)), -1));
  }

  private static String defuse(Message message, List<AddedToken> added, char breakMark) {
    List<String> present =
        added.stream()
            .map(AddedToken::content)
            .filter(text -> text.length() > 1 && message.content().contains(text))
            .filter(text -> !isOwnMarker(message.role(), text))
            .toList();
    if (present.isEmpty()) {
      return message.content();
    }
    // Looks ahead, so that tokens that overlap are each broken.
    String anyToken = present.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return Pattern.compile("(?=" + anyToken + ").", Pattern.DOTALL)
        .matcher(message.content())
        .replaceAll(first -> Matcher.quoteReplacement(first.group() + breakMark));
  }

  /** An assistant's turn is the model's own text: templates cut its reasoning by the markers. */
  private static boolean isOwnMarker(String role, String text) {
    return role.equals("assistant") && ThinkMarkers.isMarker(text);
  }

  private static char unused(List<Message> messages) {
    for (char mark = FIRST_PRIVATE; mark < LAST_PRIVATE; mark++) {
      String text = String.valueOf(mark);
      if (messages.stream().noneMatch(message -> message.content().contains(text))) {
        return mark;
      }
    }
    return LAST_PRIVATE;
  }
}

package io.reckon.engine.text;

import io.reckon.engine.api.Message;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Renders conversations so that nothing which their messages say can be taken for an added token.
 * Where content holds one, or could make one with what stands beside it, a {@link StandIns
 * stand-in} takes the place of a character. All other content is rendered as it is.
 */
final class PromptRenderer {
  private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final Optional<ChatTemplate> template;
  private final Tokenizer tokenizer;
  private final ReasoningMarkers markers;
  private final Pattern thinkMarker;

  PromptRenderer(Optional<ChatTemplate> template, Tokenizer tokenizer) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.markers = tokenizer.markers();
    this.thinkMarker =
        Pattern.compile(Pattern.quote(markers.open()) + "|" + Pattern.quote(markers.close()));
  }

  /** A rendered conversation, with stand-ins in it. */
  record Rendered(String text, StandIns standIns) {}

  /**
   * Renders a conversation; without a template, its messages are joined.
   *
   * @param thinking whether and how the model may reason
   * @throws io.reckon.engine.api.EngineException {@code TEMPLATE_REFUSED}
   */
  Rendered render(List<Message> messages, Thinking thinking) {
    messages.forEach(PromptRenderer::requireRole);
    StandIns standIns = new StandIns(texts(messages));
    List<Message> hidden = messages.stream().map(m -> hide(m, standIns, place -> false)).toList();
    List<Message> readable = messages.stream().map(m -> hide(m, standIns, ownMarkers(m))).toList();
    Optional<String> asWritten =
        readable.equals(hidden) ? Optional.empty() : renderReadable(readable, thinking, standIns);
    return new Rendered(asWritten.orElseGet(() -> text(hidden, thinking)), standIns);
  }

  /** Templates write the role as it is, so it may be a word only. */
  private static void requireRole(Message message) {
    if (!ROLE.matcher(message.role()).matches()) {
      throw TextErrors.refused(
          "a role is '%s'; give system, user or assistant".formatted(message.role()));
    }
  }

  private List<String> texts(List<Message> messages) {
    return Stream.concat(
            messages.stream().map(Message::content),
            tokenizer.added().stream().map(AddedToken::content))
        .toList();
  }

  private String text(List<Message> messages, Thinking thinking) {
    return template
        .map(t -> t.render(messages, thinking))
        .orElseGet(() -> messages.stream().map(Message::content).collect(Collectors.joining()));
  }

  /**
   * @param readable places of added tokens that stay as they are
   */
  private Message hide(Message message, StandIns standIns, IntPredicate readable) {
    String content = message.content();
    AddedTokens tokens = tokenizer.addedTokens();
    int last = content.isEmpty() ? 0 : content.offsetByCodePoints(content.length(), -1);
    boolean begins = tokens.mayBeginInside(content);
    boolean ends = tokens.mayEndInside(content);
    boolean ordinary = !begins && !ends && tokens.next(content, 0) == content.length();
    String hidden =
        ordinary
            ? content
            : standIns.hide(
                content,
                place ->
                    (begins && place == 0)
                        || (ends && place == last)
                        || (tokens.lengthAt(content, place) > 0 && !readable.test(place)));
    if (hidden.equals(content) && tokenizer.findsAfterNormalizing(content)) {
      int first = content.length() - content.stripLeading().length();
      hidden = standIns.hide(content, place -> place == first);
    }
    return new Message(message.role(), hidden);
  }

  /** An assistant's turn is the model's own text: templates look for the thinking markers in it. */
  private IntPredicate ownMarkers(Message message) {
    return place ->
        message.role().equals("assistant")
            && (message.content().startsWith(markers.open(), place)
                || message.content().startsWith(markers.close(), place));
  }

  /**
   * Renders a conversation in which the template can read the thinking markers of assistant turns,
   * and hides those that it left in. It is rendered a second time with a tag at both sides of each,
   * which tells them from the markers that the template wrote. Empty where the two differ in more
   * than tags and white space.
   */
  private Optional<String> renderReadable(
      List<Message> readable, Thinking thinking, StandIns standIns) {
    if (template.isEmpty()) {
      return Optional.empty();
    }
    String tag = String.valueOf(standIns.unused());
    String text = text(readable, thinking);
    String tagged = text(readable.stream().map(m -> tag(m, tag)).toList(), thinking);
    List<Boolean> fromRow = tags(tagged, tag);
    if (!withoutSpace(tagged.replace(tag, "")).equals(withoutSpace(text))
        || thinkMarker.matcher(text).results().count() != fromRow.size()) {
      return Optional.empty();
    }
    List<Integer> places = new ArrayList<>();
    Matcher found = thinkMarker.matcher(text);
    for (boolean hide : fromRow) {
      if (found.find() && hide) {
        places.add(found.start());
      }
    }
    return Optional.of(standIns.hide(text, places::contains));
  }

  private Message tag(Message message, String tag) {
    return new Message(
        message.role(), thinkMarker.matcher(message.content()).replaceAll(tag + "$0" + tag));
  }

  /** For each marker in turn, whether there is a tag beside it. */
  private List<Boolean> tags(String tagged, String tag) {
    return thinkMarker
        .matcher(tagged)
        .results()
        .map(
            marker ->
                tagged.startsWith(tag, marker.start() - 1) || tagged.startsWith(tag, marker.end()))
        .toList();
  }

  private static String withoutSpace(String text) {
    StringBuilder rest = new StringBuilder(text.length());
    text.chars().filter(c -> !StringMethods.isSpace(c)).forEach(c -> rest.append((char) c));
    return rest.toString();
  }
}

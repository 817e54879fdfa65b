package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class TemplateSandboxTest {
  private static final List<Message> QUESTION = List.of(Message.user(" a-b \n"));

  /** Each would take hours, or all memory. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(10**9) %}{% for b in range(10**9) %}{% for c in range(10**9) %}"
            + "{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ a * b }}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) if b < 0 %}{% endfor %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor"
            + " %}",
        "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor"
            + " %}",
        "{% set n = namespace(x='ab') %}{% for i in range(99) %}"
            + "{% set n.x = n.x.replace('a', 'aaaaaaaaaaaaaaaab') %}{% endfor %}",
        "{% set n = namespace(x=['a']) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor"
            + " %}",
        "{% set n = namespace(x='abababababab') %}{% for i in range(99) %}"
            + "{% set n.x = n.x.join(['a', n.x, n.x]) %}{% endfor %}",
        "{% macro a() %}{{ b() }}{{ b() }}{% endmacro %}{% macro b() %}{{ c() }}{{ c() }}{%"
            + " endmacro %}{% macro c() %}{% for i in range(99999) %}{{ d() }}{% endfor %}{%"
            + " endmacro %}{% macro d() %}{% for i in range(99999) %}x{% endfor %}{% endmacro %}{{"
            + " a() }}",
        "{% set x = range(99999)|list %}{% for i in x %}{{ x|map('string')|join('')|length }}{%"
            + " endfor %}",
      })
  void stopsATemplateWithoutAnEnd(String source) {
    assertRefused(source, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{% include '/etc/passwd' %}                     ~ it uses 'include', which templates may"
            + " not",
        "{% import 'config.json' as c %}                 ~ it uses 'import'",
        "{% from 'config.json' import c %}               ~ it uses 'from'",
        "{% extends '/etc/passwd' %}                     ~ it uses 'extends'",
        "{{ '/etc/passwd' | render }}                    ~ it uses 'render'",
        "{{ 'x' | center(2000000000) }}                  ~ it uses 'center'",
        "{{ '%2000000000d' | format(1) }}                ~ it uses 'format'",
        "{{ 'aaaaaaaaaaaaaaaa!' | regex_replace('(a+)+$', '') }} ~ it uses 'regex_replace'",
        "{{ today() }}                                   ~ today",
        "{{ 'a'.getClass().forName('java.lang.Runtime') }} ~ there is no method 'getClass' of"
            + " strings",
        "{{ 'a'.matches('(a+)+') }}                      ~ there is no method 'matches' of strings",
        "{{ 'a'.repeat(2000000000) }}                    ~ there is no method 'repeat' of strings",
        "{{ messages.getClass() }}                       ~ there is no method 'getClass' of lists",
        "{{ messages[0].clear() }}                       ~ there is no method 'clear' of"
            + " dictionaries",
        "{{ 'a'.split('') }}                             ~ by empty text",
        "{% for m in messages %}                         ~ endfor",
        "{{ 'a' + }}                                     ~ syntax error",
        "{{ raise_exception('no\\nway') }}                ~ no way",
      })
  void refusesWhatNoChatTemplateNeeds(String source, String reason) {
    assertRefused(source, reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a'.class }}",
        "{{ messages.class.classLoader }}",
        "{{ ''.bytes }}",
        "{{ ____int3rpr3t3r____.config }}",
        "{{ ____int3rpr3t3r____.context.parent }}",
        "{{ messages[0].class.protectionDomain.codeSource.location }}",
        "{{ range.class }}{{ loop.class }}{{ self }}",
      })
  void findsNoJavaBehindAValue(String source) {
    assertThat(render(source)).isEmpty();
  }

  @Test
  void refusesToRecur() {
    String source = "{% macro a(n) %}x{{ a(n + 1) }}{% endmacro %}{{ a(0) }}";
    assertThatThrownBy(() -> render(source)).isInstanceOf(EngineException.class);
    assertRefused("{{ " + "(".repeat(7000) + "1" + ")".repeat(7000) + " }}", "50 deep");
    assertRefused("{% if true %}".repeat(9000) + "{% endif %}".repeat(9000), "nested too deeply");
    assertRefused("{{ 'a'" + " ~ 'a'".repeat(4000) + " }}", "of more than 16384 characters");
  }

  @Test
  void endsWhereRangesOverlapNothing() {
    assertThat(render("{{ range(10**9)|length }}")).isEqualTo("100000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{{ messages[0].content.strip() }}                       ~ a-b",
        "{{ messages[0]['content'].rstrip('\\n ') }}|             ~ ` a-b|`",
        "{{ messages[0].content.split('-')[-1].strip() }}|       ~ b|",
        "{{ 'a|b|c'.split('|')[1] }}                             ~ b",
        "{{ 'a  b'.split()|join(',') }}                          ~ a,b",
        "{{ 'ab'.startswith('a') }}{{ 'ab'.endswith(['x', 'b']) }} ~ truetrue",
        "{{ 'aXb'.replace('X', '-').upper().lower().title() }}   ~ A-B",
        "{{ 'xay'.removeprefix('x').removesuffix('y') }}         ~ a",
        "{{ 'banana'.find('n') }}{{ 'banana'.count('an') }}      ~ 22",
        "{{ ', '.join(['a', 'b']) }}                             ~ `a, b`",
        "{% for k, v in {'x': 1}.items() %}{{ k }}{{ v }}{% endfor %} ~ x1",
        "{{ messages[0].get('name', 'none') }}                   ~ none",
        "{% for m in messages %}{{ loop.first }}{{ loop.index0 }}{{ loop.last }}{% endfor %} ~"
            + " true0true",
        "{{ messages|map(attribute='role')|join }}{{ [3, 4]|last }} ~ user4",
        "{{ messages[0]|tojson }}                                ~ a-b",
        "{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ ns.a }} ~ 2",
        "{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f('y') }}      ~ <y>",
        "{{ messages[0].tool_calls is defined }}{{ messages[0].content is string }} ~ falsetrue",
      })
  void rendersWhatChatTemplatesAreWrittenWith(String source, String expected) {
    assertThat(render(source)).contains(expected);
  }

  @Test
  void isBoundedByWhatTheMessagesHoldToo() {
    String long1 = "x".repeat(3 << 20);
    ChatTemplate template =
        ChatTemplate.of("{{ messages[0].content.replace('x', 'xy') }}", Map.of());
    assertThat(template.render(List.of(Message.user(long1)))).hasSize(6 << 20);
  }

  @Test
  void tellsABrokenTemplateWhenTheModelIsLoaded(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("chat_template.jinja");
    for (String source : List.of("{% for m in %}", "{% include 'x' %}", "{{ 'a'.repeat(3) }}")) {
      Files.writeString(file, source);
      assertThatThrownBy(() -> ChatTemplate.read(folder))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_CHECKPOINT))
          .hasMessageStartingWith(file + ": the chat template can't render a question (")
          .hasMessageEndingWith("; repair it, or take the model's own")
          .hasMessageNotContaining("\n");
    }
    Files.writeString(file, "{{ raise_exception('a system message comes first') }}");
    assertThat(ChatTemplate.read(folder)).isPresent();
    Files.writeString(file, "x".repeat(300_000));
    assertThatThrownBy(() -> ChatTemplate.read(folder))
        .hasMessageContaining("has 300000 characters where 262144 are allowed");
  }

  @Test
  void refusesATemplateThatIsNoText(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tokenizer_config.json");
    for (String template : List.of("5", "[]", "{\"a\":\"b\"}", "[{\"name\":\"default\"}]")) {
      Files.writeString(file, "{\"chat_template\":" + template + "}");
      assertThatThrownBy(() -> ChatTemplate.read(folder))
          .hasMessage(
              file + ": chat_template is no text and has no template named 'default'; give one");
    }
  }

  private static String render(String source) {
    return ChatTemplate.of(source, Map.of()).render(QUESTION);
  }

  private static void assertRefused(String source, String reason) {
    assertThatThrownBy(() -> render(source))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_REFUSED))
        .hasMessageStartingWith("the chat template refused the messages: ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }
}

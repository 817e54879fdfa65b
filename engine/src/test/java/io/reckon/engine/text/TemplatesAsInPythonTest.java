package io.reckon.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.engine.api.Message;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Templates give what Hugging Face's Python gives. What is expected here was rendered by Jinja2
 * 3.1.6 in an {@code ImmutableSandboxedEnvironment} with {@code trim_blocks} and {@code
 * lstrip_blocks}.
 */
class TemplatesAsInPythonTest {
  @Test
  void whiteSpaceIsWhatPythonTakesForIt() {
    assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT).filter(StringMethods::isSpace))
        .containsExactly(
            0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000,
            0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028,
            0x2029, 0x202f, 0x205f, 0x3000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ messages[0].content.strip() }}|",
        "{{ messages[0].content|trim }}|",
        "{{ messages[0].content.lstrip().rstrip() }}|",
      })
  void stripsWhiteSpaceAtBothEnds(String source) {
    assertThat(render(source, "\u3000\u00a0\u0085\u2007\u202f\u001c\u001fa\u00a0b\u2003\n"))
        .isEqualTo("a\u00a0b|");
    assertThat(render(source, "\u0001 a\u0002\u200b")).isEqualTo("\u0001 a\u0002\u200b|");
  }

  @Test
  void writesControlCharactersAsTheyAre() {
    String text =
        IntStream.range(0, 0x20).mapToObj(Character::toString).collect(Collectors.joining())
            + "\u007f\\u0001\\n\"'";
    assertThat(render("{{ messages[0].content }}", text)).isEqualTo(text);
    assertThat(render("{{ '\u001b' ~ messages[0].content|upper|lower }}", "\u001b[0m"))
        .isEqualTo("\u001b\u001b[0m");
  }

  @Test
  void stripsTheCharactersThatItIsGiven() {
    String source =
        "{{ messages[0].content|trim('xy') }}|{{ messages[0].content|trim(chars='x') }}|"
            + "{{ messages[0].content.rstrip('yx') }}|";
    assertThat(render(source, "xyx  a x")).isEqualTo("  a |yx  a |xyx  a |");
    assertThat(render("{{ messages[0].content.strip('😁') }}", "😀😁")).isEqualTo("😀");
    assertThat(render("{{ nothing|trim }}|{{ 5|trim }}|", "")).isEqualTo("|5|");
  }

  @Test
  void splitsAtWhiteSpaceAndAtLineEnds() {
    assertThat(
            render(
                "{{ messages[0].content.split()|join('|') }}",
                " \u3000a\u00a0b\u0001\u2003c\u0085\u001cd\u2007\u202f "))
        .isEqualTo("a|b\u0001|c|d");
    assertThat(
            render(
                "{{ messages[0].content.splitlines()|join('|') }}",
                "a\n\nb\r\nc\rd\u000be\ff\u001cg\u001dh\u001ei\u001fj\u0085k\u2028l\u2029m\n"))
        .isEqualTo("a||b|c|d|e|f|g|h|i\u001fj|k|l|m");
    assertThat(render("{{ messages[0].content.isspace() }}", "\u00a0\u3000")).isEqualTo("true");
    assertThat(render("{{ messages[0].content.isspace() }}", "\u200b")).isEqualTo("false");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "not messages[0]['tool_calls'] is defined                    ~ yes",
        "not messages[0].tool_calls is defined                       ~ yes",
        "not messages[0].get('content') is string                    ~ no",
        "not (messages[0].content) is string                         ~ no",
        "not messages[0]['content'] is not string                    ~ yes",
        "not not messages[0]['content'] is string                    ~ yes",
        "not messages[0].content is eq('xyz')                        ~ no",
        "not messages|length                                         ~ no",
        "not messages|length > 1                                     ~ yes",
        "not messages[0].role == 'system'                            ~ yes",
        "not 'y' in messages[0].content                              ~ no",
        "'y' not in messages[0].content                              ~ no",
        "true and not thinking is defined and not false              ~ yes",
        "not thinking is defined or not thinking                     ~ yes",
        "thinking is not defined and not messages[0]['x'] is defined ~ yes",
      })
  void negatesAllThatStandsBehindNot(String condition, String expected) {
    assertThat(render("{% if " + condition + " %}yes{% else %}no{% endif %}", "xyz"))
        .isEqualTo(expected);
    assertThat(render("{{ 'yes' if " + condition + " else 'no' }}", "xyz")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "whether or not it is safe, a[::-1]               ~ whether or not it is safe, a[::-1]",
        "{{ 'not x is y' }} {{ \"a[::-1]\" }}             ~ not x is y a[::-1]",
        "{# don't {{ not x is y #}not x is y              ~ not x is y",
        "{% raw %}{{ not x is y[::-1] }}{% endraw %}      ~ {{ not x is y[::-1] }}",
        "{{ messages[0].content[::-1] }}                  ~ z-y-x",
        "{{ messages[0]['content'].split('-')[::-1]|join }} ~ zyx",
        "{% for m in messages[ : : -1 ] %}{{ m.role }}{% endfor %} ~ user",
      })
  void leavesTextAndStringsAsTheyAre(String source, String expected) {
    assertThat(render(source, "x-y-z")).isEqualTo(expected);
  }

  @Test
  void readsStringsOfAnyLength() {
    assertThat(render("{{ '" + "\\n".repeat(8000) + "'[::-1]|length }}", "")).isEqualTo("8000");
  }

  /** To the template library the text "false" is false. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if messages[0].content %}1{% else %}0{% endif %}",
        "{% if false %}{% elif messages[0].content %}1{% else %}0{% endif %}",
        "{% if not messages[0].content %}0{% else %}1{% endif %}",
        "{% if messages[0].content and true %}1{% else %}0{% endif %}",
        "{% if messages[0].content or false %}1{% else %}0{% endif %}",
        "{{ '1' if messages[0].content else '0' }}",
        "{% set c = messages[0].content ~ '' %}{% if c %}1{% else %}0{% endif %}",
        "{% set c %}{{ messages[0].content }}{% endset %}{% if c %}1{% else %}0{% endif %}",
        "{% macro f(x) %}{{ x }}{% endmacro %}"
            + "{% if f(messages[0].content) %}1{% else %}0{% endif %}",
        "{% if messages[0].content|trim %}1{% else %}0{% endif %}",
        "{% if messages[0].content|safe %}1{% else %}0{% endif %}",
        "{% if messages[0].content is truthy %}1{% else %}0{% endif %}",
        "{{ '0' if (messages[0].content|default('none', true)) == 'none' else '1' }}",
        "{{ '0' if (messages[0].content|d('none', true)) == 'none' else '1' }}",
        "{{ messages|selectattr('content')|list|length }}",
      })
  void everyTextButTheEmptyOneIsTrue(String source) {
    for (String text : List.of("false", "False", "FALSE", "0", "x")) {
      assertThat(render(source, text)).as(text).isEqualTo("1");
    }
    assertThat(render(source, "")).isEqualTo("0");
  }

  @Test
  void whatIsNoTextIsTrueAsBefore() {
    assertThat(render("{{ '1' if false or 0 or [] or {} or none or nothing else '0' }}", "x"))
        .isEqualTo("0");
    assertThat(render("{{ 'a' if 0.5 }}{{ 'b' if [0] }}{{ 'c' if {'k': 0} }}", "x"))
        .isEqualTo("abc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ m.content }}{% endfor %} ~ 1x",
        "{% for m in messages if m.role == 'system' %}{{ m.content }}{% endfor %}| ~ |",
        "{% for m in messages if not m['name'] is defined %}{{ m.content }}{% endfor %} ~ x",
        "{% for m in (messages if messages else []) %}{{ m.content }}{% endfor %} ~ x",
        "{% for k, v in {'a': 1, 'b': 0}.items() if v %}{{ k }}{{ v }}{% endfor %} ~ a1",
        "{% for a, b in [['x', 1], ['if', 2]] if a == 'if' %}{{ a }}{{ b }}{% endfor %} ~ if2",
        "{% for w in ['a if b', 'if'] if w != 'if' %}{{ w }}{% endfor %}{{ w }} ~ a if b",
      })
  void loopsOverWhatAConditionKeeps(String source, String expected) {
    assertThat(render(source, "x")).isEqualTo(expected);
  }

  @Test
  void andGivesAnOperandAsOrDoes() {
    assertThat(render("{{ messages and messages[0].content and 'z' }}", "x")).isEqualTo("z");
    assertThat(render("{{ nothing and 'z' }}|{{ '' and 'z' }}|{{ 0 and 1 }}", "x"))
        .isEqualTo("||0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false", "x", ""})
  void noTextEqualsTrueOrFalse(String text) {
    assertThat(
            render(
                "{{ 1 if messages[0].content == true or false == messages[0].content else 0 }}"
                    + "{{ 1 if messages[0].content != true and 1 == 1 and true == true else 0 }}",
                text))
        .isEqualTo("01");
  }

  @Test
  void theLastNewlineOfATemplateIsNoPartOfIt() {
    assertThat(render("{{ messages[0].content }}\nb\n", "x")).isEqualTo("x\nb");
    assertThat(render("{{ messages[0].content }}\nb\n\n", "x")).isEqualTo("x\nb\n");
    assertThat(render("{{ messages[0].content }}\r\nb\r\n", "x")).isEqualTo("x\nb");
    assertThat(render("{{ messages[0].content }}", "x\n")).isEqualTo("x\n");
    assertThat(render("{{ messages[0].content }}\n", "x\r\n")).isEqualTo("x\r\n");
  }

  /** The tags that mark for training what the model says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{% for m in messages %}<{% generation %}{{ m.content }}{{ loop.index }}{% endgeneration %}>{% endfor %} ~ <x1>",
        "a {%- generation -%} b {%- endgeneration -%} c ~ abc",
        "{% set v = 1 %}{% generation %}{% set v = 2 %}{{ v }}{% endgeneration %}{{ v }} ~ 21",
      })
  void rendersWhatIsMarkedForTrainingAsItStands(String source, String expected) {
    assertThat(render(source, "x")).isEqualTo(expected);
  }

  @Test
  void leavesOutTheSpaceBeforeATagOnlyFromTheLinesStartOn() {
    assertThat(
            render(
                "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }} {% endfor %}"
                    + "assistant: {% if x %}{% endif %}",
                "x"))
        .isEqualTo("user: x assistant: ");
    assertThat(render("a {% if true %}b{% endif %} c {# d #} e", "")).isEqualTo("a b c  e");
    assertThat(
            render("  {% if true %}\n\t {% if true %}\n  a\n  {% endif %} \n {% endif %}\n b", ""))
        .isEqualTo("  a\n \n b");
    assertThat(
            render(
                "{{ 'a' }}  {% if true %} b{% endif %}\n\t {{ 'c' }}\n\t {% if true %}d{% endif %}",
                ""))
        .isEqualTo("a   b\t c\nd");
    assertThat(render("a\n  {# b #}\n c\n  {# {% \" #}  {% if true %}\nd{% endif %}", ""))
        .isEqualTo("a\n c\n  d");
  }

  @Test
  void takesWhiteSpaceBySigns() {
    assertThat(render("a {#- b #} c {# d -#} e", "")).isEqualTo("a c e");
    assertThat(render("  {%+ if true %} a {% endif +%}\n  {#+ b +#}\n c", ""))
        .isEqualTo("   a \n  \n c");
    assertThat(
            render("a\u00a0{%- if true -%}\u3000b{% endif %}\n\u00a0{% if true %}c{% endif %}", ""))
        .isEqualTo("abc");
    assertThat(render("{% if true -%}\n  {# a #}\n  b\n{%- endif %}", "")).isEqualTo("  b");
    assertThat(render("{{- -1 -}} a {{ 2 }} ", "")).isEqualTo("-1a 2 ");
  }

  @Test
  void readsTagsOnlyWhereTheyAre() {
    assertThat(render("{% raw %}\n  {{ a }} {%- b {# c\n  {% endraw %}\n d", ""))
        .isEqualTo("\n  {{ a }} {%- b {# c\n d");
    assertThat(
            render("{% set t = '%}  {%' %}{{ t }} {{ '}}  {%' }} {%- if true %} a {% endif %}", ""))
        .isEqualTo("%}  {% }}  {% a ");
    assertThat(render("{ {#- a -#} { {%- if true %} a {% endif %} { {{- 'b' -}} }", ""))
        .isEqualTo("{{ a  {b}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{{ {'a': {'b': 1}}['a']['b'] }} ~ 1",
        "{{ {'a': {'b': {'c': [{'d': 2}]}}}.a.b.c[0].d }}| ~ 2|",
        "{{- {'a': {'b': '}} {{'}}.a.b -}} | ~ }} {{|",
        "{{ {'a': {}}|length }}| ~ 1|",
        "{{{'a': {'b': 1}}.a.b}} ~ 1",
        "{% if {'a': {'b': 1}}.a.b %}y{% endif %} ~ y",
        "{{ ['}}', {'a': {'b': \"'}}\"}}][1].a.b }} ~ '}}",
        "{{ {'a': {'b': 1}}|length }}}} ~ 1}}",
        "{{ '}}'}}{{'%}' }}{{ \"it's }}\" }}{{ '\\'}}' }} ~ }}%}it's }}'}}",
      })
  void endsAnExpressionWhereItsBracesAreClosed(String source, String expected) {
    assertThat(render(source, "x")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{% set i = 0 %}{% for m in [1, 2, 3] %}{% set i = i + 1 %}{{ i }}{% endfor %}{{ i }} ~ 1110",
        "{% for m in ['s', 'u', 's'] %}{% if m == 's' %}{% set t = 'S' %}{% endif %}{{ t|default('U') }}{% endfor %} ~ SUS",
        "{% for m in [1, 2] if m %}{{ t }}{% set t %}{{ m }}{% endset %}{{ t }}{% endfor %}{{ t }} ~ 12",
        "{% for a in [1, 2] %}{% for b in [1, 2] %}{% set y = loop.index %}{{ loop.index }}{{ y }}{% endfor %}{{ loop.index0 }}{{ y }}|{% endfor %} ~ 11220|11221|",
        "{% for m in [[1, 2], [3]] %}{% for m in m %}{{ m }}{{ loop.length }}{% endfor %}{{ m|length }}{% endfor %} ~ 12222311",
        "{% set n = namespace(a=0) %}{% for m in [1, 2] %}{% set n.a = n.a + m %}{% set n.b = m %}{% endfor %}{{ n.a }}{{ n.b }} ~ 32",
        "{% macro f(x) %}{% for i in [1, 2] %}{{ x }}{% set x = x + 'y' %}{{ x }}{% endfor %}{% endmacro %}{{ f('a') }} ~ aayaay",
        "{% for i in [1, 2] %}{% macro f(x) %}<{{ x }}{{ i }}>{% endmacro %}{{ f('a') }}{% endfor %} ~ <a1><a2>",
        "{% for a in [1, 2, 3, 4] %}{% if a == 2 %}{% continue %}{% endif %}{% if a == 4 %}{% break %}{% endif %}{{ a }}{% set q = a %}{% endfor %}{{ q }} ~ 13",
        "{% for k, v in {'a': {'b': [1]}, 'c': {'b': [2]}}.items() %}{{ k }}{{ v.b[0] }}{{ loop.revindex }}{% endfor %} ~ a12c21",
        "{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}{% for c in 'abc' %}{{ c }}{% endfor %}{% for c in nothing %}x{% endfor %} ~ ababc",
        "{% for m in messages %}{% if loop.first %}{% set messages = [] %}{% endif %}{{ messages|length }}{% endfor %}{{ messages|length }} ~ 01",
      })
  void setsInALoopUntilTheItemsEnd(String source, String expected) {
    assertThat(render(source, "x")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{% for m in messages %}{{ m.content }}{% else %}E{% endfor %} ~ x",
        "{% for m in [] %}{{ m }}{% else %}E{% endfor %} ~ E",
        "{% for m in nothing %}{{ m }}{% else %}E{% endfor %} ~ E",
        "{% for m in messages if m.role == 'system' %}{{ m.content }}{% else %}E{% endfor %} ~ E",
        "{% for a in [1, 2] %}{% if a == 1 %}a{% else %}b{% endif %}{% else %}E{% endfor %} ~ ab",
        "{% for a in [1] %}{% for b in [] %}{{ b }}{% else %}{{ a }}{{ loop.index }}{% endfor %}{% else %}E{% endfor %} ~ 11",
        "{% set y = 1 %}{% for a in [] %}{% else %}{% set y = 2 %}{{ y }}{{ a }}{% endfor %}{{ y }} ~ 21",
        "{% for a in [1, 2] %}{{ a }}{% if a == 2 %}{% break %}{% endif %}{% else %}E{% endfor %} ~ 12",
        "{% for a in [1, 2] %}{% if a == 1 %}{% continue %}{% endif %}{{ a }}{% else %}E{% endfor %} ~ 2",
        "{% for a in [1, 2] %}{% continue %}{% else %}E{% endfor %} ~ E",
        "{% for a in [1, 2] %}{% break %}{% else %}E{% endfor %} ~ E",
        "{% for a in [1, 2] %}{% for b in [] %}{% else %}{% continue %}{% endfor %}{{ a }}{% endfor %}| ~ |",
      })
  void elseIsForALoopOverNothing(String source, String expected) {
    assertThat(render(source, "x")).isEqualTo(expected);
  }

  private static String render(String source, String content) {
    return ChatTemplate.of(source, Map.of()).render(List.of(Message.user(content)));
  }
}

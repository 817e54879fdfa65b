package io.reckon.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchLineTest {
  private static final String MESSAGES =
      "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]";

  @Test
  void keepsWhatARequestAsksForAndPassesOverWhatChangesNothing() {
    Row row =
        request(
            MESSAGES
                + ", \"model\": \"m\", \"user\": \"u\", \"stream\": false, \"tools\": null,"
                + " \"max_tokens\": 5, \"max_completion_tokens\": 7, \"stop\": \"x\","
                + " \"logprobs\": true, \"n\": 2, \"response_format\": {\"type\": \"json_object\"}");

    assertThat(row.getString(1)).isEqualTo("a");
    assertThat(row.getString(3))
        .isEqualTo(
            "{\"stop\":[\"x\"],\"n\":2,\"json_schema\":{\"type\":\"object\"},\"max_tokens\":7,"
                + "\"top_logprobs\":0}");
    assertThat(request(MESSAGES).isNullAt(3)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "`\"guided_json\": {\"type\": \"null\"}`; `{\"json_schema\":{\"type\":\"null\"}}`",
        "`\"guided_json\": \"{\\\"type\\\": \\\"null\\\"}\"`; `{\"json_schema\":{\"type\":\"null\"}}`",
        "`\"guided_regex\": \"a+\"`; `{\"regex\":\"a+\"}`",
        "`\"guided_choice\": [\"a\", \"b, c\"]`; `{\"choice\":[\"a\",\"b, c\"]}`",
        "`\"structured_outputs\": {\"choice\": [\"a\"], \"json\": null}`; `{\"choice\":[\"a\"]}`",
        "`\"structured_outputs\": {\"json_object\": true}`; `{\"json_schema\":{\"type\":\"object\"}}`",
        "`\"chat_template_kwargs\": {\"enable_thinking\": false}`; `{\"thinking\":false}`",
        "`\"chat_template_kwargs\": {\"thinking\": true}`; `{\"thinking\":true}`",
        "`\"thinking\": {\"type\": \"disabled\"}`; `{\"thinking\":false}`",
        "`\"thinking_token_budget\": 30`; `{\"thinking_token_budget\":30}`",
        "`\"thinking_token_budget\": 0`; `{\"thinking\":false}`",
        "`\"reasoning_effort\": \"low\"`; `{\"reasoning_effort\":\"low\"}`",
        "`\"include_reasoning\": false`; `{\"include_reasoning\":false}`",
        "`\"top_k\": -1, \"min_tokens\": 0, \"ignore_eos\": false, \"best_of\": 1`; `{\"top_k\":0}`"
      })
  void takesWhatVllmAndDeepSeekAdd(String members, String overrides) {
    assertThat(request(MESSAGES + ", " + members).getString(3)).isEqualTo(overrides);
  }

  @Test
  void joinsPartsOfText() {
    Row row =
        request(
            """
            "messages": [{"role": "developer", "content": [{"type": "text", "text": "a"}, \
            {"type": "text", "text": "b"}]}]""");

    assertThat(((Row[]) row.get(2))[0].mkString("|")).isEqualTo("system|a\nb");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "`\"stream\": true`; body.stream",
        "`\"tools\": [{}]`; body.tools",
        "`\"temperature\": \"hot\"`; body.temperature",
        "`\"seed\": 1.5`; body.seed",
        "`\"n\": 0`; body.n",
        "`\"stop\": [1]`; body.stop",
        "`\"logit_bias\": {\"x\": 1}`; body.logit_bias",
        "`\"top_logprobs\": 2`; logprobs true",
        "`\"response_format\": {\"type\": \"yaml\"}`; 'yaml'",
        "`\"ignore_eos\": true`; body.ignore_eos",
        "`\"min_tokens\": 5`; body.min_tokens is 5",
        "`\"best_of\": 4`; body.best_of",
        "`\"guided_grammar\": \"x\"`; body.guided_grammar",
        "`\"guided_json\": \"{\"`; body.guided_json is text that is no JSON",
        "`\"guided_choice\": \"a\"`; body.guided_choice",
        "`\"structured_outputs\": {\"grammar\": \"x\"}`; body.structured_outputs.grammar",
        "`\"guided_regex\": \"a\", \"guided_choice\": [\"a\"]`; body.guided_choice are both given",
        "`\"chat_template_kwargs\": {\"tone\": 1}`; body.chat_template_kwargs.tone",
        "`\"chat_template_kwargs\": {\"thinking\": 1}`; body.chat_template_kwargs.thinking is 1",
        "`\"thinking\": {\"type\": \"enabled\"}, \"thinking_token_budget\": 0`; says the opposite"
      })
  void refusesByName(String member, String named) {
    Row row = request(MESSAGES + ", " + member);

    assertThat(row.getString(1)).isEqualTo("a");
    assertThat(row.isNullAt(2)).isTrue();
    assertThat(row.getString(3))
        .startsWith("{\"refused\":\"line 3 of day1.jsonl: body.")
        .contains(named);
  }

  @Test
  void knowsALineThatIsCutOff() {
    assertThat(BatchLine.looksLikeOne("{\"custom_id\": 1, \"url\": 2, \"body\": {\"mess")).isTrue();
    assertThat(BatchLine.looksLikeOne("{\"custom_id\": 1, \"prompt\": 2}")).isFalse();
    assertThat(BatchLine.looksLikeOne("hello")).isFalse();
  }

  private static Row request(String members) {
    return BatchLine.row(
        new NumberedLine(
            "day1.jsonl",
            3,
            """
            {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {%s}}"""
                .formatted(members)));
  }
}

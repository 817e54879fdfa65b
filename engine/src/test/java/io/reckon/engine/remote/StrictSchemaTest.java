package io.reckon.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of an object with one member, x, and others beside its properties. */
  private static boolean isStrict(String member, String others) throws JsonProcessingException {
    return StrictSchema.is(
        JSON.readTree(
            """
            {"type": "object", "properties": {"x": %s}, "required": ["x"],
            "additionalProperties": false%s}"""
                .formatted(member, others)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"string\", \"enum\": [\"a\"], \"description\": \"d\", \"title\": \"t\"}",
        "{\"type\": \"string\", \"pattern\": \"a+\"}",
        "{\"type\": \"string\", \"format\": \"date-time\"}",
        "{\"type\": [\"integer\", \"null\"], \"minimum\": 0, \"exclusiveMaximum\": 9}",
        "{\"type\": \"integer\", \"const\": 1}",
        "{\"type\": \"array\", \"items\": {\"type\": \"number\"}, \"minItems\": 1, \"maxItems\": 2}",
        "{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"null\"}], \"description\": \"d\"}",
        "{\"$ref\": \"#\"}",
        "{\"$ref\": \"#/$defs/d\"}",
        "{\"type\": \"object\", \"properties\": {}, \"required\": [], \"additionalProperties\": false}"
      })
  void strictIsWhatOpenAiKnows(String member) throws JsonProcessingException {
    assertThat(isStrict(member, ", \"$defs\": {\"d\": {\"type\": \"boolean\"}}")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "{}",
        "{\"enum\": [\"a\"]}",
        "{\"const\": 1}",
        "{\"type\": \"text\"}",
        "{\"type\": []}",
        "{\"type\": 1}",
        "{\"type\": \"string\", \"minLength\": 1}",
        "{\"type\": \"string\", \"maxLength\": 1}",
        "{\"type\": \"string\", \"default\": \"a\"}",
        "{\"type\": \"string\", \"format\": \"uri\"}",
        "{\"type\": \"string\", \"then\": {}}",
        "{\"type\": \"array\"}",
        "{\"type\": \"array\", \"items\": true}",
        "{\"type\": \"array\", \"items\": {\"minimum\": 1}}",
        "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"uniqueItems\": true}",
        "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"contains\": {}}",
        "{\"properties\": {}, \"required\": [], \"additionalProperties\": false}",
        "{\"type\": \"object\", \"additionalProperties\": false}",
        "{\"type\": \"object\", \"properties\": {}, \"required\": []}",
        "{\"type\": \"object\", \"properties\": {}, \"required\": [\"y\"], \"additionalProperties\": false}",
        "{\"type\": \"object\", \"properties\": {\"y\": {\"type\": \"null\"}}, \"required\": [],"
            + " \"additionalProperties\": false}",
        "{\"anyOf\": []}",
        "{\"anyOf\": [{\"minimum\": 1}]}",
        "{\"oneOf\": [{\"type\": \"string\"}]}",
        "{\"$ref\": \"#/$defs/d\", \"description\": \"d\"}",
        "{\"$ref\": \"#/$defs/none\"}",
        "{\"$ref\": \"other.json\"}"
      })
  void whatOpenAiMayRefuseIsNotStrict(String member) throws JsonProcessingException {
    assertThat(isStrict(member, ", \"$defs\": {\"d\": {\"type\": \"boolean\"}}")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ", \"anyOf\": [{\"type\": \"object\"}]",
        ", \"$schema\": \"https://json-schema.org/draft/2020-12/schema\"",
        ", \"minProperties\": 1",
        ", \"$defs\": {\"d\": {}}",
        ", \"definitions\": {\"d\": true}"
      })
  void aRootWithMoreThanOpenAiKnowsIsNotStrict(String others) throws JsonProcessingException {
    assertThat(isStrict("{\"type\": \"string\"}", "")).isTrue();
    assertThat(isStrict("{\"type\": \"string\"}", others)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}",
        "{\"anyOf\": [{\"type\": \"string\"}]}",
        "{\"type\": [\"object\", \"null\"], \"properties\": {}, \"required\": [],"
            + " \"additionalProperties\": false}"
      })
  void onlyAnObjectIsStrict(String schema) throws JsonProcessingException {
    assertThat(StrictSchema.is(JSON.readTree(schema))).isFalse();
  }
}

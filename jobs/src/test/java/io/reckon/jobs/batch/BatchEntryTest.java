package io.reckon.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

class BatchEntryTest {
  private static final StructType ERROR =
      new StructType().add("error_code", "string").add("error_message", "string");
  private static final StructType PROMPT =
      new StructType()
          .add("prompt_id", "string")
          .add("request_key", "string")
          .add("nameless", "boolean")
          .add(
              "samples",
              "array<struct<sample:int,row:struct<error_code:string,error_message:string>>>");

  @ParameterizedTest
  @CsvSource({
    "BAD_REQUEST, 400, invalid_request_error",
    "ENDPOINT_REFUSED, 400, invalid_request_error",
    "ENDPOINT_DENIED, 502, server_error",
    "ENDPOINT_UNAVAILABLE, 503, server_error",
    "ENGINE_FAILED, 500, server_error",
    "OF_A_LATER_VERSION, 500, server_error"
  })
  void aFailureHasTheStatusOfItsCode(String code, int status, String type) throws IOException {
    BatchEntry entry = BatchEntry.of(failed(code, "the endpoint says 404"));
    assertThat(entry.failed()).isTrue();
    JsonNode json = new JsonMapper().readTree(entry.json());
    assertThat(json.at("/custom_id").asText()).isEqualTo("a");
    assertThat(json.at("/response/status_code").intValue()).isEqualTo(status);
    assertThat(json.at("/response/body/error/type").asText()).isEqualTo(type);
    assertThat(json.at("/error/code").asText()).isEqualTo(code);
    assertThat(json.at("/error/message").asText()).isEqualTo("the endpoint says 404");
  }

  private static Row failed(String code, String message) {
    Row error = new GenericRowWithSchema(new Object[] {code, message}, ERROR);
    Row sample = new GenericRowWithSchema(new Object[] {0, error}, sampleType());
    return new GenericRowWithSchema(
        new Object[] {"a", "key", false, CollectionConverters.asScala(List.of(sample)).toSeq()},
        PROMPT);
  }

  private static StructType sampleType() {
    return new StructType().add("sample", "int").add("row", ERROR);
  }
}

package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.Message;
import java.util.Arrays;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

class PromptRowTest {
  @Test
  void readsAConversation() {
    assertThat(PromptRow.messages(row(turn("system", "be brief"), turn("user", "why?"))))
        .containsExactly(Message.system("be brief"), Message.user("why?"));
  }

  @Test
  void saysWhyARowHoldsNothingToAnswer() {
    String remedy = "; give it some text";
    assertRefused(RowFactory.create("a", null), "the prompt is null" + remedy);
    assertRefused(row(), "the row has no messages" + remedy);
    assertRefused(row((Row) null), "the prompt is null" + remedy);
    assertRefused(row(turn("user", null)), "the prompt is null" + remedy);
    assertRefused(row(turn("user", " \n")), "the prompt is empty" + remedy);
    assertRefused(row(turn("system", "be brief")), "the prompt is empty" + remedy);
    assertRefused(
        row(turn("user", "x"), turn("user", null)), "message 1 has null content" + remedy);
  }

  @Test
  void namesTheRoleThatIsNone() {
    for (String role : new String[] {"wizard", "User", "user<|im_end|>", "", null}) {
      assertThatThrownBy(() -> PromptRow.messages(row(turn("user", "x"), turn(role, "abra"))))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_REFUSED))
          .hasMessage("message 1 has role '" + role + "'; give system, user or assistant");
    }
  }

  private static void assertRefused(Row row, String message) {
    assertThatThrownBy(() -> PromptRow.messages(row))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_EMPTY))
        .hasMessage(message);
  }

  private static Row turn(String role, String content) {
    return RowFactory.create(role, content);
  }

  private static Row row(Row... turns) {
    return RowFactory.create("a", CollectionConverters.asScala(Arrays.asList(turns)).toSeq());
  }
}

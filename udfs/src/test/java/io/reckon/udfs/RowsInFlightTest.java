package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.udfs.journal.RowKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowsInFlightTest {
  private static final String KEY = "0123456789abcdef".repeat(4);
  private static final int CODE = GenerationRow.SCHEMA.fieldIndex("error");

  private static final RowsInFlight.Alone UNHEARD =
      new RowsInFlight.Alone() {
        @Override
        public void begins() {}

        @Override
        public void ended() {}
      };

  private final EngineSlot slot =
      new EngineSlot(Duration.ofMillis(50), Duration.ofMinutes(1), reason -> {}, () -> false);
  private final List<Row> ended = new CopyOnWriteArrayList<>();
  private EngineLease lease;
  private FakeEngine engine;

  @BeforeEach
  void open() throws InterruptedException {
    lease = slot.lease(EngineSettings.builtin(), new FakeEngines(2), List.of());
    engine = (FakeEngine) lease.engine();
  }

  @Test
  void everyRowEndsOnceAndTheWindowIsNeverExceeded() throws InterruptedException {
    answer(IntStream.range(0, 500).mapToObj(i -> prompt("p" + i, "q" + i)), 16);

    assertThat(ended).extracting(row -> row.getString(0)).hasSize(500).doesNotHaveDuplicates();
    assertThat(ended).extracting(row -> row.getString(5)).allMatch(text -> text.startsWith("Q"));
    assertThat(engine.mostOpen()).isEqualTo(16);
  }

  @Test
  void aFinishedRowDoesNotWaitForASlowerOne() throws InterruptedException {
    try (RowsInFlight rows = inFlight(4, () -> false)) {
      rows.submit(request(prompt("slow", "<stuck>")));
      rows.submit(request(prompt("fast", "q")));
      for (int i = 0; ended.isEmpty() && i < 100; i++) {
        Thread.sleep(50);
      }
      assertThat(ended).extracting(row -> row.getString(0)).containsExactly("fast");
      assertThat(rows.keys()).extracting(RowKey::promptId).containsExactly("slow");
    }
  }

  @Test
  void aRowAtFaultBecomesARowWithAnError() throws InterruptedException {
    Row noPrompt = RowFactory.create("none", null, null, 0, KEY);
    Row noContent = conversation("content", RowFactory.create("user", null));
    Row badRole = conversation("role", RowFactory.create("wizard", "abra"));
    Row noMessages = conversation("empty");
    Row onlySystem = conversation("system", RowFactory.create("system", "be brief"));
    answer(
        Stream.of(
            noPrompt,
            noContent,
            badRole,
            noMessages,
            onlySystem,
            prompt("blank", " \n"),
            prompt("long", "x".repeat(10_001)),
            prompt("good", "grüße 🎉")),
        4);

    assertThat(ended)
        .extracting(row -> row.getString(0) + " " + code(row))
        .containsExactlyInAnyOrder(
            "none PROMPT_EMPTY",
            "content PROMPT_EMPTY",
            "role TEMPLATE_REFUSED",
            "empty PROMPT_EMPTY",
            "system PROMPT_EMPTY",
            "blank PROMPT_EMPTY",
            "long PROMPT_TOO_LONG",
            "good null");
  }

  @Test
  void aRowAtFaultIsNoLessSoWhereItRunsAlone() throws Exception {
    Row refused = RowFactory.create("a", null, "{\"refused\":\"stream is true\"}", 0, KEY);
    try (RowsInFlight rows = inFlight(4, () -> false)) {
      rows.runAlone(request(refused), UNHEARD);
      rows.runAlone(request(prompt("b", "q")), UNHEARD);
    }
    assertThat(ended)
        .extracting(row -> row.getString(0) + " " + code(row))
        .containsExactly("a BAD_REQUEST", "b null");
  }

  @Test
  void aFailedEngineFailsTheTaskAndWhatItHadIsKnown() throws InterruptedException {
    try (RowsInFlight rows = inFlight(4, () -> false)) {
      rows.submit(request(prompt("company", "<stuck>")));
      // Last: a row that is handed over after the engine has failed is refused.
      rows.submit(request(prompt("culprit", "<fail>" + System.nanoTime())));

      assertThatThrownBy(rows::awaitAll)
          .isInstanceOf(EngineException.class)
          .hasMessage("the device was lost");
      assertThat(rows.keys())
          .extracting(RowKey::promptId)
          .containsExactlyInAnyOrder("culprit", "company");
    }
  }

  @Test
  void aRowThatTheEngineRefusesWasNotInFlight() throws InterruptedException {
    engine.close();
    try (RowsInFlight rows = inFlight(4, () -> false)) {
      assertThatThrownBy(() -> rows.submit(request(prompt("a", "q"))))
          .hasMessage("the engine is closed");
      assertThat(rows.keys()).isEmpty();
    }
  }

  @Test
  void aKilledTaskCancelsItsRequests() throws InterruptedException {
    try (RowsInFlight rows = inFlight(4, () -> engine.open() == 2)) {
      rows.submit(request(prompt("a", "<stuck>")));
      rows.submit(request(prompt("b", "<stuck>")));

      assertThatThrownBy(rows::awaitAll).isInstanceOf(TaskKilledException.class);
    }
    assertThat(engine.open()).isZero();
  }

  private void answer(Stream<Row> rows, int window) throws InterruptedException {
    try (RowsInFlight inFlight = inFlight(window, () -> false)) {
      for (Row row : rows.toList()) {
        inFlight.submit(request(row));
      }
      inFlight.awaitAll();
    }
  }

  private RowsInFlight inFlight(int window, BooleanSupplier killed) {
    return new RowsInFlight(lease, SamplingParameters.GREEDY, window, killed, ended::add);
  }

  private RowRequest request(Row row) {
    return RowRequest.of(row);
  }

  private static Object code(Row row) {
    return row.isNullAt(CODE) ? null : row.getStruct(CODE).getString(0);
  }

  private static Row prompt(String id, String text) {
    return conversation(id, RowFactory.create("user", text));
  }

  private static Row conversation(String id, Row... messages) {
    return RowFactory.create(
        id,
        scala.jdk.javaapi.CollectionConverters.asScala(Arrays.asList(messages)).toSeq(),
        null,
        0,
        KEY);
  }
}

package io.reckon.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowsInFlightTest {
  private static final SamplingParameters DRAWN =
      SamplingParameters.builder().temperature(1).build();
  private static final int CODE = GenerationRow.SCHEMA.fieldIndex("error");

  private final EngineSlot slot = new EngineSlot(Duration.ofMillis(50));
  private EngineLease lease;
  private FakeEngine engine;

  @BeforeEach
  void open() throws InterruptedException {
    lease = slot.lease(EngineSettings.builtin(), new FakeEngines(2), List.of());
    engine = (FakeEngine) lease.engine();
  }

  @Test
  void everyRowEndsOnceAndTheWindowIsNeverExceeded() {
    List<Row> ended =
        drain(answer(IntStream.range(0, 500).mapToObj(i -> prompt("p" + i, "q" + i)), 16));

    assertThat(ended).extracting(row -> row.getString(0)).hasSize(500).doesNotHaveDuplicates();
    assertThat(ended.get(0).<String>getAs(5)).startsWith("Q");
    assertThat(engine.mostOpen()).isEqualTo(16);
  }

  @Test
  void everySampleOfAPromptIsARowWithinTheWindow() {
    Stream<Row> prompts =
        Stream.of(prompt("a", "x"), RowFactory.create("none", null), prompt("b", "y"));
    List<Row> ended = drain(new RowsInFlight(prompts.iterator(), lease, DRAWN, 3, 2, () -> false));

    assertThat(ended)
        .extracting(row -> row.getString(0) + row.getInt(1) + " " + code(row))
        .containsExactlyInAnyOrder(
            "a0 null",
            "a1 null",
            "a2 null",
            "none0 PROMPT_EMPTY",
            "none1 PROMPT_EMPTY",
            "none2 PROMPT_EMPTY",
            "b0 null",
            "b1 null",
            "b2 null");
    assertThat(engine.mostOpen()).isEqualTo(2);
  }

  @Test
  void readsNoFurtherThanTheWindow() {
    AtomicInteger read = new AtomicInteger();
    Iterator<Row> endless =
        Stream.generate(() -> prompt("p" + read.incrementAndGet(), "q")).iterator();
    RowsInFlight rows =
        new RowsInFlight(endless, lease, SamplingParameters.GREEDY, 1, 8, () -> false);

    rows.next();

    assertThat(read.get()).isLessThanOrEqualTo(9);
    rows.close();
  }

  @Test
  void aRowAtFaultBecomesARowWithAnError() {
    Row noPrompt = RowFactory.create("none", null);
    Row noContent = conversation("content", RowFactory.create("user", null));
    Row badRole = conversation("role", RowFactory.create("wizard", "abra"));
    Row noMessages = conversation("empty");
    Row onlySystem = conversation("system", RowFactory.create("system", "be brief"));
    List<Row> ended =
        drain(
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
                4));

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
  void aFailedEngineFailsTheTaskAndIsNotUsedAgain() throws InterruptedException {
    RowsInFlight rows = answer(Stream.of(prompt("a", "<fail>" + System.nanoTime())), 4);

    assertThatThrownBy(rows::next)
        .isInstanceOf(EngineException.class)
        .hasMessage("the device was lost");
    rows.close();
    EngineLease next = slot.lease(EngineSettings.builtin(), new FakeEngines(2), List.of());
    assertThat(next.engine()).isNotSameAs(engine);
  }

  @Test
  void aKilledTaskCancelsItsRequests() {
    RowsInFlight rows =
        new RowsInFlight(
            Stream.of(prompt("a", "<stuck>"), prompt("b", "<stuck>")).iterator(),
            lease,
            SamplingParameters.GREEDY,
            1,
            4,
            () -> engine.open() == 2);

    assertThatThrownBy(rows::next).isInstanceOf(TaskKilledException.class);
    rows.close();

    assertThat(engine.open()).isZero();
  }

  private RowsInFlight answer(Stream<Row> rows, int window) {
    return new RowsInFlight(
        rows.iterator(), lease, SamplingParameters.GREEDY, 1, window, () -> false);
  }

  private static List<Row> drain(Iterator<Row> rows) {
    List<Row> drained = new ArrayList<>();
    rows.forEachRemaining(drained::add);
    return drained;
  }

  private static Object code(Row row) {
    return row.isNullAt(CODE) ? null : row.getStruct(CODE).getString(0);
  }

  private static Row prompt(String id, String text) {
    return conversation(id, RowFactory.create("user", text));
  }

  private static Row conversation(String id, Row... messages) {
    return RowFactory.create(
        id, scala.jdk.javaapi.CollectionConverters.asScala(Arrays.asList(messages)).toSeq());
  }
}

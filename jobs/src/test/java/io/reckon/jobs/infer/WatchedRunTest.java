package io.reckon.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.FakeEngines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one sees of a run while it goes on. */
class WatchedRunTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final Pattern ROWS = Pattern.compile("data-figure=\"rows\">(\\d+)<");
  private static final int PROMPTS = 60;

  @TempDir Path folder;
  private final List<Update> updates = new CopyOnWriteArrayList<>();

  @Test
  void thePageAndTheProgressLineTellHowARunGoes() throws Exception {
    CompletableFuture<RunSummary> run = CompletableFuture.supplyAsync(() -> run("question"));

    String page = "";
    while (!run.isDone() && rows(page) == 0) {
      page = get();
      Thread.sleep(50);
    }

    assertThat(page).contains("generates. Its figures so far:", "of " + PROMPTS, "time left");
    assertThat(rows(page)).isBetween(1, PROMPTS);
    assertThat(page).contains("<td>driver</td>", "Tokens a second", "Cache hits");
    assertThat(run.get().count().rows()).isEqualTo(PROMPTS);
    assertThat(get()).doesNotContain(run.get().runId());
    assertThat(updates)
        .filteredOn(update -> update.phase() == Phase.GENERATING)
        .extracting(Update::rowsDone)
        .isSorted()
        .allMatch(done -> done <= PROMPTS);
  }

  @Test
  void aThreadThatIsInterruptedLeavesNoJobBehind() throws Exception {
    int before = FakeEngines.opened().size();
    Thread run = new Thread(() -> run("<stuck>"));
    run.setUncaughtExceptionHandler((thread, failure) -> {});
    run.start();
    await(() -> FakeEngines.opened().size() > before && FakeEngines.last().open() > 0);

    run.interrupt();
    run.join(60_000);

    assertThat(run.isAlive()).isFalse();
    await(() -> SPARK.sparkContext().statusTracker().getActiveJobIds().length == 0);
    await(() -> FakeEngines.last().open() == 0);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private RunSummary run(String prompt) {
    try {
      String rows =
          IntStream.range(0, PROMPTS)
              .mapToObj(i -> i + "," + prompt + " " + i)
              .collect(Collectors.joining("\n", "id,prompt\n", "\n"));
      Path prompts = Files.writeString(folder.resolve("prompts.csv"), rows);
      InferOptions options =
          InferOptions.builder(prompts.toString(), folder + "/out")
              .engine(EngineSettings.builtin().withModel("watched " + prompt))
              .partitions(2)
              .window(2)
              .report(false)
              .examples(0)
              .build();
      return new InferJob(new FakeEngines(200)).run(SPARK, options, updates::add);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int rows(String page) {
    Matcher rows = ROWS.matcher(page);
    return page.contains("so far:") && rows.find() ? Integer.parseInt(rows.group(1)) : 0;
  }

  private static String get() throws IOException, InterruptedException {
    URI address = URI.create(SPARK.sparkContext().uiWebUrl().get() + "/reckon/");
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}

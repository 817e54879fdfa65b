package io.reckon.udfs.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.udfs.ReckonPlugin;
import io.reckon.udfs.watch.ClusterCount;
import io.reckon.udfs.watch.ExecutorReport;
import io.reckon.udfs.watch.GenerationCount;
import io.reckon.udfs.watch.RunWatch;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReckonUiTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "true")
            .config("spark.ui.port", "0")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.plugins", ReckonPlugin.class.getName())
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void thePageIsServedByTheDriversInterface() throws Exception {
    HttpResponse<String> page = get("/reckon/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("No run generates now", "data-figure=\"rows\">0<", "http-equiv=\"refresh\"")
        .contains("/jobs/", "/executors/");
    assertThat(get("/jobs/").body()).contains("/reckon/");
  }

  @Test
  void aRunIsShownWhileItGenerates() throws Exception {
    try (RunWatch watch = ClusterCount.current().orElseThrow().watch("run-7", 1234)) {
      assertThat(get("/reckon/?still").body())
          .contains("Run " + watch.runId() + " generates", "of 1,234", "time left")
          .doesNotContain("http-equiv=\"refresh\"");
    }
    assertThat(get("/reckon/").body()).doesNotContain("run-7");
  }

  @Test
  void requestsOfAnExecutorThatSparkHasRemovedRunNoLonger() throws Exception {
    String running = "data-figure=\"running\">%d<";
    ClusterCount.current()
        .orElseThrow()
        .add(new ExecutorReport("7", "none", "", 1, GenerationCount.ZERO, 0, 64, 0, 0, 0));
    assertThat(get("/reckon/").body()).contains(running.formatted(64));

    spark.sparkContext().listenerBus().post(new SparkListenerExecutorRemoved(0, "7", "lost"));
    spark.sparkContext().listenerBus().waitUntilEmpty();

    assertThat(get("/reckon/").body()).contains(running.formatted(0));
  }

  @Test
  void aPlatformWithoutSparksTabsIsLeftAlone() throws Exception {
    ClassLoader platform = new WithoutTabs(ReckonUi.class.getClassLoader());
    Method attach =
        platform
            .loadClass(ReckonUi.class.getName())
            .getMethod("attach", SparkContext.class, ClusterCount.class);

    assertThat(attach.getDeclaringClass()).isNotEqualTo(ReckonUi.class);
    attach.invoke(null, spark.sparkContext(), ClusterCount.current().orElseThrow());
    assertThat(spark.sparkContext().ui().get().getTabs().mkString(" ").split("ReckonTab"))
        .hasSize(2);
  }

  /** Loads the classes of the page itself, and knows no class that a tab is made from. */
  private static final class WithoutTabs extends ClassLoader {
    WithoutTabs(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.endsWith(".SparkUITab")) {
        throw new ClassNotFoundException(name);
      }
      return name.startsWith(ReckonUi.class.getPackageName() + ".")
          ? defined(name)
          : super.loadClass(name, resolve);
    }

    private Class<?> defined(String name) throws ClassNotFoundException {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI address = URI.create(spark.sparkContext().uiWebUrl().get() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }
}

package io.reckon.udfs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.udfs.watch.ClusterHistory.Moment;
import org.junit.jupiter.api.Test;

class ClusterCountTest {
  private static final GenerationCount MADE = new GenerationCount(10, 1, 100, 50, 300);

  private final ClusterCount cluster = new ClusterCount();

  @Test
  void requestsOfAnExecutorThatIsGoneRunNoLonger() {
    cluster.add(report("1", 64, 8));
    cluster.add(report("2", 5, 0));
    cluster.removed("1");
    cluster.look();

    assertThat(cluster.sum(ExecutorReport::running)).isEqualTo(5);
    assertThat(cluster.sum(ExecutorReport::waiting)).isZero();
    assertThat(cluster.history().moments()).extracting(Moment::running).containsExactly(5);
    assertThat(cluster.history("1").moments()).extracting(Moment::running).containsExactly(0);
  }

  @Test
  void whatAnExecutorThatIsGoneHasMadeCountsOn() {
    cluster.add(report("1", 64, 8));
    cluster.removed("1");

    assertThat(cluster.total()).isEqualTo(MADE);
    assertThat(cluster.sampledTokens()).isEqualTo(500);
    assertThat(cluster.sum(ExecutorReport::pauses)).isEqualTo(3);
    assertThat(cluster.executors()).extracting(ExecutorReport::executorId).containsExactly("1");
  }

  @Test
  void aReportThatComesAfterItsExecutorIsGoneSaysWhatWasMade() {
    cluster.removed("1");
    cluster.add(report("1", 64, 8));

    assertThat(cluster.total()).isEqualTo(MADE);
    assertThat(cluster.sum(ExecutorReport::running)).isZero();
    assertThat(cluster.sum(ExecutorReport::waiting)).isZero();
  }

  private static ExecutorReport report(String executorId, int running, int waiting) {
    return new ExecutorReport(executorId, "none", "", 1, MADE, 500, running, waiting, 2, 3);
  }
}

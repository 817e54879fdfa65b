package io.reckon.udfs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.udfs.watch.ClusterHistory.Moment;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterHistoryTest {
  private final ClusterHistory history = new ClusterHistory();

  @Test
  void aDayOfSecondsKeepsItsBeginItsEndAndABoundedNumberBetween() {
    int day = 86_400;
    for (int second = 0; second < day; second++) {
      history.add(moment(second, second));
    }
    List<Moment> moments = history.moments();
    assertThat(moments).hasSizeBetween(240, 480);
    assertThat(moments.get(0).seconds()).isZero();
    assertThat(moments.get(moments.size() - 1).seconds()).isGreaterThan(day - 512);
    double apart = moments.get(1).seconds();
    for (int i = 1; i < moments.size(); i++) {
      assertThat(moments.get(i).seconds() - moments.get(i - 1).seconds()).isEqualTo(apart);
    }
  }

  @Test
  void hoursInWhichNothingHappensTakeOnePlace() {
    history.add(moment(0, 0));
    for (int second = 1; second < 20_000; second++) {
      history.add(moment(second, 7));
    }
    history.add(moment(20_000, 8));
    assertThat(history.moments())
        .extracting(Moment::seconds)
        .containsExactly(0., 1., 19_999., 20_000.);
  }

  private static Moment moment(double seconds, long tokens) {
    return new Moment(seconds, GenerationCount.ZERO, tokens, 0, 0);
  }
}

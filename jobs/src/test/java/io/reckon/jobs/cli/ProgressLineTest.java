package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.infer.Progress.Phase;
import io.reckon.jobs.infer.Progress.Update;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  @Test
  void tellsRowsFailuresSpeedCacheHitsAndTheTimeLeft() {
    Update update =
        new Update(Phase.GENERATING, 1000, 3000, 12, 500_000, 0.254, Duration.ofSeconds(100));
    assertThat(ProgressLine.text(update))
        .isEqualTo(
            "generating: 1,000 of 3,000 answers, 12 failed, 5,000 tokens/s, 25.4 % cache hits,"
                + " about 3 min 20 s left");
  }

  @Test
  void leavesOutWhatIsNotKnownYet() {
    Update update = new Update(Phase.GENERATING, 0, 3000, 0, 0, 0, Duration.ofSeconds(1));
    assertThat(ProgressLine.text(update)).isEqualTo("generating: 0 of 3,000 answers");
  }
}

package io.reckon.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.jobs.infer.RunSummary;
import io.reckon.jobs.infer.RunSummary.Accuracy;
import io.reckon.jobs.infer.RunSummary.FamilyAccuracy;
import io.reckon.jobs.infer.RunSummary.RunCount;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunReportTest {
  private static final List<FamilyAccuracy> FAMILIES =
      List.of(new FamilyAccuracy("", 2, 1, 0, 0), new FamilyAccuracy("sum", 2, 2, 2, 1));

  @Test
  void countsFamiliesThatItDoesNotPrint() {
    Accuracy accuracy = new Accuracy(FAMILIES, 1200, new FamilyAccuracy("", 4000, 999, 8, 4));
    assertThat(printed(accuracy).map(line -> line.replaceAll(" +", " ")))
        .contains(
            "(no family) 2 1 50.0 -",
            "sum 2 2 100.0 50.0",
            "(1,200 more families) 4,000 999 25.0 50.0",
            "all 4,004 1,002 25.0 50.0");
  }

  @Test
  void saysNothingOfOthersWhereItPrintsAll() {
    Accuracy accuracy = new Accuracy(FAMILIES, 0, new FamilyAccuracy("", 0, 0, 0, 0));
    assertThat(printed(accuracy).map(line -> line.replaceAll(" +", " ")))
        .contains("all 4 3 75.0 50.0")
        .noneMatch(line -> line.contains("more"));
  }

  private static Stream<String> printed(Accuracy accuracy) {
    RunSummary summary =
        new RunSummary(
            "run",
            "out",
            4,
            4,
            new RunCount(4, 0, Map.of(), 0, 0, 0, 0),
            Duration.ZERO,
            Duration.ZERO,
            0,
            accuracy,
            List.of(),
            Optional.empty());
    StringWriter out = new StringWriter();
    new RunReport(new PrintWriter(out, true)).print(summary);
    return out.toString().lines();
  }
}

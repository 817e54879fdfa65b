package io.reckon.engine.train.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceCheckerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a4+7+0=12",
        "b14-7-1=7",
        "b4*5+3=24",
        "c42/7=5r7",
        "3*4=13",
        "d>e",
        "+<-",
        "d9=9,c5<2",
        "b1a2+a3\n=b1a6",
        "b1a2-a3\n=a8",
        "b1a2*a3\n*a3\n=b3a5",
        "b1a2/5\n=a2r3",
        "2*3+5",
        "nonsense"
      })
  void findsAFalseLine(String reasoning) {
    Problem problem =
        new Problem(Family.EXPRESSION, "p", Optional.empty(), reasoning, "12", "evaluate 12");
    assertThat(TraceChecker.faults(problem)).hasSize(1);
  }
}

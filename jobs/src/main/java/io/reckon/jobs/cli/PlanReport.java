package io.reckon.jobs.cli;

import io.reckon.jobs.plan.PlanFigures;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalDouble;

/** What a person reads of a run that is only planned. */
final class PlanReport {
  private final PrintWriter out;

  PlanReport(PrintWriter out) {
    this.out = out;
  }

  /**
   * @param tokensPerSecond as given; empty to go by the newest run
   */
  void print(PlanFigures plan, OptionalDouble tokensPerSecond) {
    TextTable rows = new TextTable(70, "prompts>", "");
    rows.add(Texts.count(plan.rows()), "in the source");
    rows.add(Texts.count(plan.doneRows()), "done");
    rows.add(Texts.count(plan.reusedRows()), "answered already under another id: to be copied");
    rows.add(Texts.count(plan.mergedRows()), "same as another one to generate: to be copied");
    rows.add(
        Texts.count(plan.workRows()),
        "to generate, " + Texts.count(plan.generations()) + " generations");
    rows.print(out);
    if (plan.rerunRows() > 0) {
      out.printf("%s of them have failed before%n", Texts.count(plan.rerunRows()));
    }
    out.println();
    if (plan.generations() == 0) {
      out.println("nothing is left to generate");
      return;
    }
    tokens(plan);
    out.println(time(plan, tokensPerSecond));
  }

  private void tokens(PlanFigures plan) {
    out.printf(
        "about %s prompt tokens, %s output tokens (%s each: %s), in %s partitions%n",
        Texts.count(plan.promptTokens()),
        Texts.count(plan.outputTokens()),
        Texts.count(Math.round(plan.outputTokensEach())),
        switch (plan.outputBasis()) {
          case SOURCE -> "the mean of this source so far";
          case MODEL -> "the mean of this model so far";
          case DEFAULT -> "a guess, nothing was generated yet";
        },
        Texts.count(plan.partitions()));
  }

  private static String time(PlanFigures plan, OptionalDouble given) {
    OptionalDouble rate = given.isPresent() ? given : plan.measuredTokensPerSecond();
    Duration time = plan.expectedTime(given).orElse(Duration.ZERO);
    return rate.isEmpty()
        ? "how long it takes is unknown: no run was measured yet; give --tokens-per-second"
        : "about %s at %s tokens/s (%s)"
            .formatted(
                Texts.duration(time.toMillis() / 1e3),
                Texts.count(Math.round(rate.getAsDouble())),
                given.isPresent() ? "given" : "the newest run's");
  }
}

package io.reckon.udfs.sql;

import io.reckon.udfs.EngineFactory;
import io.reckon.udfs.EngineSettings;
import io.reckon.udfs.GpuStage;
import io.reckon.udfs.QueryAnswer;
import io.reckon.udfs.QueryAnswers;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.types.DataType;

/** Answers a call where it stands in an expression: one row, then the next. */
final class RowByRow {
  private final EngineSettings engine;
  private final EngineFactory engines;
  private final CallPlan plan;
  private final PromptReader prompts;
  private final AnswerStruct structs;

  private TaskContext task;
  private QueryAnswers answers;

  RowByRow(EngineSettings engine, EngineFactory engines, CallPlan plan, DataType promptType) {
    this.engine = engine;
    this.engines = engines;
    this.plan = plan;
    this.prompts = new PromptReader(plan, promptType);
    this.structs = new AnswerStruct(plan.parsed());
  }

  /**
   * @param prompt a Catalyst value; null gives null
   */
  Object answer(Object prompt) {
    if (prompt == null) {
      return null;
    }
    QueryAnswers asked = answersOfTask();
    CompletableFuture<QueryAnswer> answer = asked.ask(prompts.prompt(prompt), plan.sampling());
    while (!answer.isDone()) {
      asked.awaitEnd();
    }
    return structs.of(answer.join());
  }

  private QueryAnswers answersOfTask() {
    TaskContext current = TaskContext.get();
    if (current == null) {
      throw new IllegalStateException("a model is asked by tasks, and this thread runs none");
    }
    if (current != task) {
      GpuStage.requireGpu(engine);
      answers = QueryAnswers.begin(current, engine, engines);
      task = current;
    }
    return answers;
  }
}

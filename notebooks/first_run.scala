// Databricks notebook source
// MAGIC %md
// MAGIC # A first run
// MAGIC
// MAGIC Reckon answers tables of prompts with a reasoning model and keeps the answers, and the reasoning
// MAGIC behind them, in Delta tables. The model that is built in does arithmetic and checks other people's;
// MAGIC it needs no GPU. With `reckon.jar` on the cluster's class path, run the cells from top to bottom.
// MAGIC
// MAGIC Set `output` to a folder of your own: the tables go there.

// COMMAND ----------

import io.reckon.jobs.api.Reckon
import org.apache.spark.sql.functions._
import spark.implicits._

val output = "reckon-out"

// COMMAND ----------

// MAGIC %md
// MAGIC ## Prompts
// MAGIC
// MAGIC Any DataFrame will do. Columns named `id` and `prompt` are found by themselves. One of these prompts
// MAGIC is empty, as real tables have them.

// COMMAND ----------

val questions = Seq(
  ("sum", "What is 417 + 285?"),
  ("boxes", "A farmer has 116 eggs, breaks 11 of them and puts the rest into boxes of 7. How many boxes are filled?"),
  ("equation", "if x / 12 + 20 = 20, what is x?"),
  ("empty", "")).toDF("id", "prompt")

display(questions)

// COMMAND ----------

// MAGIC %md
// MAGIC ## Answers
// MAGIC
// MAGIC `run()` returns when every row has its outcome: an answer, or an error that says why there is none.

// COMMAND ----------

val first = Reckon.on(spark).prompts(questions).output(output).run()

display(first.answers.select("prompt_id", "answer", "finish_reason", "error"))

// COMMAND ----------

// MAGIC %md
// MAGIC ## The reasoning
// MAGIC
// MAGIC Each answer has its trace. This model writes tersely: a digit carries the letter of its place, `a` for
// MAGIC the ones, `b` for the tens. It can be checked by eye, which is what a trace is for.

// COMMAND ----------

display(first.traces.select("prompt_id", "reasoning", "reasoning_tokens"))

// COMMAND ----------

// MAGIC %md
// MAGIC ## Once is enough
// MAGIC
// MAGIC The same run again finds everything done and asks the model nothing. So a run that was broken off goes
// MAGIC on where it was.

// COMMAND ----------

val second = Reckon.on(spark).prompts(questions).output(output).run()

println(s"first: ${first.count.rows} rows, second: ${second.count.rows}")

// COMMAND ----------

// MAGIC %md
// MAGIC Another prompt is the only one to be asked.

// COMMAND ----------

val more = questions.union(Seq(("factor", "Find the highest common factor of 44 and 28")).toDF("id", "prompt"))
val third = Reckon.on(spark).prompts(more).output(output).run()

println(s"third: ${third.count.rows} row")
display(third.answers.select("prompt_id", "answer"))

// COMMAND ----------

// MAGIC %md
// MAGIC ## Answers that hold to a form
// MAGIC
// MAGIC The reasoning is free; the answer is one of the choices, whatever the model would rather say. With a
// MAGIC regular expression or a JSON schema it goes the same way.

// COMMAND ----------

val claims = Seq(
  ("ann", "Someone was asked: 16 * 55 = They answered 980. Is that right?"),
  ("bob", "Someone was asked: 12 + 7 = They answered 19. Is that right?")).toDF("id", "prompt")

val graded = Reckon.on(spark)
  .prompts(claims)
  .choice("correct", "incorrect")
  .output(s"$output-graded")
  .run()

display(graded.answers.select("prompt_id", "answer"))

// COMMAND ----------

// MAGIC %md
// MAGIC ## Your own model
// MAGIC
// MAGIC `.model("/Volumes/main/models/my-mla-model")` takes a dense model of the DeepSeek architecture: a Hugging
// MAGIC Face folder, a GGUF file, or an address. `plan()` in place of `run()` only says what would be done, and
// MAGIC how many tokens it would take.

// COMMAND ----------

val plan = Reckon.on(spark).prompts(more).maxNewTokens(200).output(output).plan()

println(s"${plan.generations} of ${plan.rows} prompts would be generated")

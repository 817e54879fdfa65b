// Databricks notebook source
// MAGIC %md
// MAGIC # A nightly job and its report
// MAGIC
// MAGIC A table of prompts that changes by day, and a job that answers by night what has changed. The job is one
// MAGIC call; the rest of this notebook makes something to work on, and looks at what the job has left.
// MAGIC
// MAGIC Set `folder` to one of your own, such as a folder of a volume.

// COMMAND ----------

import io.reckon.jobs.api.Reckon
import org.apache.spark.sql.functions._

val folder = "reckon-nightly"
val prompts = s"$folder/prompts"
val output = s"$folder/out"

// COMMAND ----------

// MAGIC %md
// MAGIC ## The prompts
// MAGIC
// MAGIC A Delta table with a row for each prompt, named by its `id`.

// COMMAND ----------

spark.range(1, 201)
  .select(col("id").cast("string").as("id"), format_string("What is %d + %d?", col("id"), col("id") * 7).as("prompt"))
  .write.format("delta").mode("overwrite").save(prompts)

display(spark.read.format("delta").load(prompts))

// COMMAND ----------

// MAGIC %md
// MAGIC ## The job
// MAGIC
// MAGIC It answers the prompts that lack an answer, and those whose text is another one than before. With the price
// MAGIC of a GPU hour it also says what it has cost.

// COMMAND ----------

def tonight() = Reckon.on(spark)
  .prompts(prompts)
  .output(output)
  .options(_.gpuHourPrice(2.5))
  .run()

// COMMAND ----------

// MAGIC %md
// MAGIC ## The first night

// COMMAND ----------

val first = tonight()

println(s"${first.count.rows} prompts answered, ${first.count.failedRows} failed")

// COMMAND ----------

// MAGIC %md
// MAGIC ## The day after
// MAGIC
// MAGIC Somebody changes one prompt in a hundred, and adds one that is empty.

// COMMAND ----------

spark.sql(s"UPDATE delta.`$prompts` SET prompt = 'What is 12 * 34?' WHERE id % 100 = 0")
spark.sql(s"INSERT INTO delta.`$prompts` VALUES ('201', '')")

// COMMAND ----------

// MAGIC %md
// MAGIC ## The second night
// MAGIC
// MAGIC Only these are done. The old answers of the changed prompts stay in the table; the newest is the current one.

// COMMAND ----------

val second = tonight()

println(s"${second.count.rows} rows, ${second.count.failedRows} of them failed")

// COMMAND ----------

// MAGIC %md
// MAGIC ## The report
// MAGIC
// MAGIC One row a run: what was done, how fast, and for how much.

// COMMAND ----------

display(second.runs
  .select("started_at", "status", "rows", "errors", "generated_tokens", "tokens_per_second", "cost")
  .orderBy("started_at"))

// COMMAND ----------

// MAGIC %md
// MAGIC And a page to read beside the tables: throughput over the night, lengths, endings, errors. It is one file, and
// MAGIC asks nobody for anything.

// COMMAND ----------

println(second.summary.report.orElse("not written; the log says why"))

// COMMAND ----------

// MAGIC %md
// MAGIC What failed, and why:

// COMMAND ----------

display(second.answers.where("error is not null").select("prompt_id", "error.code", "error.message"))

// COMMAND ----------

// MAGIC %md
// MAGIC How long the model reasons, and which version of the table it has read:

// COMMAND ----------

display(second.answers
  .groupBy("source_version", "finish_reason")
  .agg(count("*").as("answers"), percentile_approx(col("reasoning_tokens"), lit(0.5), lit(1000)).as("median_reasoning_tokens"))
  .orderBy("source_version"))

// COMMAND ----------

// MAGIC %md
// MAGIC ## What the scheduler is told
// MAGIC
// MAGIC A run that breaks throws, and its task fails; the same call goes on from there when it is tried again. Rows
// MAGIC that fail are no reason to fail a night, unless there are many.

// COMMAND ----------

require(second.count.failedRows <= 5, s"${second.count.failedRows} rows failed; see the column error of the answers")

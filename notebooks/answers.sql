-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Answers and their traces
-- MAGIC Reads the tables that a run has written. Set `output` to the folder given as `--output`.

-- COMMAND ----------

DECLARE OR REPLACE VARIABLE output STRING DEFAULT 'reckon-out';

-- COMMAND ----------

DECLARE OR REPLACE VARIABLE runs_view STRING DEFAULT
  'CREATE OR REPLACE TEMPORARY VIEW runs AS SELECT * FROM delta.`' || output || '/runs`';

-- COMMAND ----------

EXECUTE IMMEDIATE runs_view;

-- COMMAND ----------

DECLARE OR REPLACE VARIABLE answers_view STRING DEFAULT
  'CREATE OR REPLACE TEMPORARY VIEW answers AS SELECT * FROM delta.`' || output || '/answers`';

-- COMMAND ----------

EXECUTE IMMEDIATE answers_view;

-- COMMAND ----------

DECLARE OR REPLACE VARIABLE reasoning_traces_view STRING DEFAULT
  'CREATE OR REPLACE TEMPORARY VIEW reasoning_traces AS SELECT * FROM delta.`' || output || '/reasoning_traces`';

-- COMMAND ----------

EXECUTE IMMEDIATE reasoning_traces_view;

-- COMMAND ----------

-- MAGIC %md ## The runs

-- COMMAND ----------

SELECT * FROM runs ORDER BY started_at DESC;

-- COMMAND ----------

-- MAGIC %md ## The current answers: the newest row of each prompt

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW current_answers AS
SELECT * FROM (
  SELECT *, row_number() OVER (
    PARTITION BY prompt_id, sample ORDER BY generated_at DESC, run_id DESC) AS newest
  FROM answers)
WHERE newest = 1;

-- COMMAND ----------

SELECT a.prompt_id, t.reasoning, a.answer, a.finish_reason, a.error
FROM current_answers a
JOIN reasoning_traces t USING (prompt_id, sample, run_id)
ORDER BY a.prompt_id
LIMIT 20;

-- COMMAND ----------

-- MAGIC %md ## What failed, and why

-- COMMAND ----------

SELECT error.code, count(*) AS answers, first(error.message) AS example
FROM current_answers
WHERE error IS NOT NULL
GROUP BY error.code
ORDER BY answers DESC;

-- COMMAND ----------

-- MAGIC %md ## How long the model reasons

-- COMMAND ----------

SELECT finish_reason, count(*) AS answers,
  percentile(reasoning_tokens, array(0.5, 0.9, 0.99)) AS reasoning_tokens_p50_p90_p99,
  avg(answer_tokens) AS answer_tokens
FROM current_answers
GROUP BY finish_reason;

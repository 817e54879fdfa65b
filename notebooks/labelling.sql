-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Labelling with SQL
-- MAGIC
-- MAGIC The functions `reckon`, `reckon_classify` and `reckon_extract` are there in every session of a cluster that
-- MAGIC was started with
-- MAGIC
-- MAGIC     spark.sql.extensions io.delta.sql.DeltaSparkSessionExtension,io.reckon.udfs.sql.ReckonExtensions
-- MAGIC
-- MAGIC The model is the one that `spark.reckon.model` names; here, the one that is built in. It does arithmetic,
-- MAGIC and says whether somebody else's is right.

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW claims AS
SELECT * FROM VALUES
  ('ann', 'Someone was asked: 16 * 55 = They answered 980. Is that right?'),
  ('bob', 'Someone was asked: 12 + 7 = They answered 19. Is that right?'),
  ('cyd', 'Someone was asked: 9 * 9 = They answered 81. Is that right?'),
  ('dan', NULL)
  AS claims(id, claim);

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Ask
-- MAGIC
-- MAGIC A call gives a struct. Two fields of the same call are one question, asked once.

-- COMMAND ----------

SELECT id, reckon(claim).answer AS answer, reckon(claim).reasoning AS reasoning
FROM claims;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Label
-- MAGIC
-- MAGIC Options are a map. With `choice` the answer is one of the labels and nothing else; the reasoning stays free.
-- MAGIC A null gives null and asks nobody. Labels that took work belong in a table:

-- COMMAND ----------

CREATE OR REPLACE TABLE labels USING delta AS
SELECT id, label.answer AS label, label.reasoning, label.reasoning_tokens, label.error
FROM (SELECT id, reckon(claim, map('choice', 'correct,incorrect')) AS label FROM claims);

-- COMMAND ----------

SELECT id, label FROM labels ORDER BY id;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Look at what came
-- MAGIC
-- MAGIC A row that fails has an error, and the query goes on.

-- COMMAND ----------

SELECT label, count(*) AS claims, avg(reasoning_tokens) AS reasoning_tokens, count(error) AS failed
FROM labels
GROUP BY label
ORDER BY claims DESC;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC And how a label was come by:

-- COMMAND ----------

SELECT id, reasoning FROM labels WHERE label = 'incorrect';

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Text
-- MAGIC
-- MAGIC `reckon_classify` and `reckon_extract` put the question themselves, in English, to a model that reads it. The
-- MAGIC built-in one has learnt arithmetic only: what it says here has the right form, and no meaning.

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW tickets AS
SELECT * FROM VALUES
  (1, 'It crashes when I open a second window.'),
  (2, 'How do I change the font?')
  AS tickets(id, body);

-- COMMAND ----------

SELECT id, reckon_classify(body, array('bug', 'question', 'praise'), map('max_thinking_tokens', '50')).answer AS kind
FROM tickets;

-- COMMAND ----------

SELECT id, found.parsed.*
FROM (
  SELECT id, reckon_extract(body, 'urgent BOOLEAN NOT NULL, windows INT', map('max_thinking_tokens', '50')) AS found
  FROM tickets);

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## How it runs
-- MAGIC
-- MAGIC `ReckonEval` in the plan keeps many rows of a partition with the model at a time. Filters and limits that
-- MAGIC need no answer go below it, so no row is asked in vain.

-- COMMAND ----------

EXPLAIN SELECT reckon(claim).answer FROM claims WHERE id = 'bob' LIMIT 1;

package io.reckon.udfs.sql;

import io.reckon.engine.api.SamplingParameters;
import java.io.Serializable;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What is the same for every row of a call.
 *
 * @param system a system message for prompts that bring none; empty for none
 * @param instruction what the user's message begins with, before the row's text; may be empty
 * @param sampling how tokens are chosen, the constraint included
 * @param parsed the type of the parsed answer: text that holds JSON, or the columns asked for
 */
record CallPlan(String system, String instruction, SamplingParameters sampling, DataType parsed)
    implements Serializable {
  /** Of what a call gives. */
  StructType type() {
    return AnswerStruct.type(parsed);
  }
}

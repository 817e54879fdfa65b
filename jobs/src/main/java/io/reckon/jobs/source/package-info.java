/** Where prompts come from: any table or file that Spark reads, made into one shape. */
package io.reckon.jobs.source;

/**
 * Makes the built-in model's tokenizer, in Hugging Face's files, from the problems it is to learn.
 */
package io.reckon.engine.train.tokenizer;

package io.reckon.engine;

import io.reckon.engine.constraint.Constraints;
import io.reckon.engine.text.PromptEncoder;
import io.reckon.engine.text.Tokenizer;
import java.util.Set;

/**
 * How an engine reads and writes text.
 *
 * @param constraints compiled for this tokenizer
 * @param endTokens ids that end a turn
 */
record EngineText(
    Tokenizer tokenizer, PromptEncoder encoder, Constraints constraints, Set<Integer> endTokens)
    implements AutoCloseable {
  @Override
  public void close() {
    tokenizer.close();
  }
}

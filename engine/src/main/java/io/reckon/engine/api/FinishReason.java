package io.reckon.engine.api;

/** Why a generation ended. */
public enum FinishReason {
  /** The model ended its turn, or came to a stop string or a stop token. */
  STOP,
  /** The same, after a reasoning that was closed because its budget was spent. */
  THINKING_BUDGET,
  /** The limit of new tokens, or the model's context, was reached. */
  LENGTH
}

package io.reckon.engine.api;

/** Why a generation ended. */
public enum FinishReason {
  /** The model ended its turn. */
  STOP,
  /** The limit of new tokens, or the model's context, was reached. */
  LENGTH
}

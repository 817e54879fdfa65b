/**
 * Reads a model from a Hugging Face folder: its configuration, its weights and its identity. Every
 * bound is checked before memory is taken for what it bounds.
 */
package io.reckon.engine.checkpoint;

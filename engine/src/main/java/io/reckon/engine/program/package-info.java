/**
 * Tensors: the TorchScript model program and the one way to call it.
 *
 * <p>Axis letters, the same everywhere: R requests, T tokens, H heads, L latent, P pages.
 */
package io.reckon.engine.program;

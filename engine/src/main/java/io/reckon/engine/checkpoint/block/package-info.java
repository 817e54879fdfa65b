/**
 * Number formats that pack weights in blocks, as llama.cpp's {@code ggml} defines them: each turns
 * bytes of a file into the numbers that they stand for.
 *
 * <p>In all of them a block has one or two factors in half precision; {@code d} is what a whole
 * number is multiplied by. Low halves of bytes come first.
 */
package io.reckon.engine.checkpoint.block;

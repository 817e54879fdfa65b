package io.reckon.engine.cache;

/**
 * Tells a full page from others by its tokens and all tokens before them.
 *
 * @param before what stands before, held while the key is in use
 * @param tokens of the page
 */
public record PageKey(PrefixTree.Node before, PrefixTree.Run tokens) {}

package io.reckon.engine.program;

/**
 * Blocks of query rows, and the pages each block's sequence lies on.
 *
 * @param blocks number of blocks
 * @param pages [blocks, {@code tiles.length}], row-major: the page of each tile; 0 past a block's
 *     last
 * @param tiles for each k, how many blocks see tile k; never rising, since the blocks that see most
 *     tiles come first
 */
public record AttentionBlocks(int blocks, long[] pages, long[] tiles) {}

package io.reckon.engine.program;

/**
 * Blocks of query rows, and the pages each block's sequence lies on. A block's first tiles may be
 * shared with other blocks, which then see them together; its own tiles follow. Own tiles are
 * listed by their place in their block: the first of all blocks, then the second of those that have
 * one, and so on.
 *
 * @param pages [own tiles] where each lies
 * @param owners [own tiles] the block that sees each
 * @param starts [own tiles] the position at which each starts
 * @param tiles for each k, how many blocks have more than k own tiles; never rising, since the
 *     blocks with the most come first
 * @param together how many of those k are computed at once, group after group
 * @param members the blocks of each sharing group, one group after the other
 * @param shared for each group: how many blocks it has, how many tiles they share, and the pages of
 *     those; groups that share a block stand in the order of its tiles
 */
public record AttentionBlocks(
    long[] pages,
    long[] owners,
    long[] starts,
    long[] tiles,
    long[] together,
    long[] members,
    long[] shared) {}

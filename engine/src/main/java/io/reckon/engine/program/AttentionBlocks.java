package io.reckon.engine.program;

/**
 * Blocks of query rows, and the pages each block's sequence lies on. A block's first tiles may be
 * shared with other blocks, which then see them together; its own tiles follow.
 *
 * @param pages [blocks, {@code tiles.length}], row-major: the page of each own tile; 0 past a
 *     block's last
 * @param starts [blocks] the position at which each block's own tiles start
 * @param tiles for each k, how many blocks have more than k own tiles; never rising, since the
 *     blocks with the most come first
 * @param members the blocks of each sharing group, one group after the other
 * @param shared for each group: how many blocks it has, how many tiles they share, and the pages of
 *     those; groups that share a block stand in the order of its tiles
 */
public record AttentionBlocks(
    long[] pages, long[] starts, long[] tiles, long[] members, long[] shared) {
  int blocks() {
    return starts.length;
  }
}

package io.reckon.engine;

import io.reckon.engine.program.AttentionBlocks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Which tiles of the cache each block sees together with others, and which alone. Tiles that many
 * see are one large product for all of them.
 */
final class TilePlan {
  /** With fewer blocks a product of their own costs more than it saves. */
  private static final int FEWEST_SHARERS = 4;

  /** Own tiles in one product: enough to be worth a call, few enough to stay in the cache. */
  private static final int MOST_TOGETHER = 32;

  /** Blocks that see the tiles {@code from} up to {@code to}, which is excluded, together. */
  private record Group(List<Block> members, int from, int to) {}

  private final int pageTokens;
  private final List<Group> groups = new ArrayList<>();
  private final IdentityHashMap<Block, Integer> firstOwnTile = new IdentityHashMap<>();
  private final List<Block> ordered;

  TilePlan(List<Block> blocks, int pageTokens) {
    this.pageTokens = pageTokens;
    share(blocks, 0);
    ordered = blocks.stream().sorted(Comparator.comparingInt(this::ownTiles).reversed()).toList();
  }

  /** The blocks in the order in which the program wants their rows. */
  List<Block> blocks() {
    return ordered;
  }

  /** Groups blocks that have all tiles before {@code tile} in common. */
  private void share(List<Block> blocks, int tile) {
    int end = tile;
    while (allSee(blocks, end)) {
      end++;
    }
    if (end > tile) {
      groups.add(new Group(blocks, tile, end));
    }
    for (Block block : blocks) {
      firstOwnTile.put(block, end);
    }
    for (List<Block> part : byPage(blocks, end)) {
      share(part, end);
    }
  }

  /** Whether all blocks, enough of them, see the same page as a whole at {@code tile}. */
  private boolean allSee(List<Block> blocks, int tile) {
    if (blocks.size() < FEWEST_SHARERS || !blocks.get(0).seesAll(tile, pageTokens)) {
      return false;
    }
    int page = blocks.get(0).page(tile);
    for (Block block : blocks) {
      if (!block.seesAll(tile, pageTokens) || block.page(tile) != page) {
        return false;
      }
    }
    return true;
  }

  /** Those blocks that see all of a tile, by its page, where they are enough. */
  private Collection<List<Block>> byPage(List<Block> blocks, int tile) {
    Map<Integer, List<Block>> parts = new LinkedHashMap<>();
    for (Block block : blocks) {
      if (block.seesAll(tile, pageTokens)) {
        parts.computeIfAbsent(block.page(tile), any -> new ArrayList<>()).add(block);
      }
    }
    parts.values().removeIf(part -> part.size() < FEWEST_SHARERS);
    return parts.values();
  }

  private int ownTiles(Block block) {
    return block.tiles(pageTokens) - firstOwnTile.get(block);
  }

  /** What the program must know of the blocks. */
  AttentionBlocks attention() {
    LongStream.Builder pages = LongStream.builder();
    LongStream.Builder owners = LongStream.builder();
    LongStream.Builder starts = LongStream.builder();
    long[] tiles = tiles();
    for (int k = 0; k < tiles.length; k++) {
      for (int i = 0; i < tiles[k]; i++) {
        int tile = firstOwnTile.get(ordered.get(i)) + k;
        pages.add(ordered.get(i).page(tile));
        owners.add(i);
        starts.add((long) tile * pageTokens);
      }
    }
    return new AttentionBlocks(
        pages.build().toArray(),
        owners.build().toArray(),
        starts.build().toArray(),
        tiles,
        together(tiles),
        members(),
        shared());
  }

  /** For each k, how many blocks have more than k own tiles. */
  private long[] tiles() {
    long[] tiles = new long[ordered.isEmpty() ? 0 : ownTiles(ordered.get(0))];
    for (Block block : ordered) {
      for (int k = 0; k < ownTiles(block); k++) {
        tiles[k]++;
      }
    }
    return tiles;
  }

  /** Groups of as many k's as stay within {@link #MOST_TOGETHER}, of one at least. */
  private static long[] together(long[] tiles) {
    LongStream.Builder groups = LongStream.builder();
    for (int k = 0; k < tiles.length; ) {
      int first = k;
      long count = tiles[k++];
      while (k < tiles.length && count + tiles[k] <= MOST_TOGETHER) {
        count += tiles[k++];
      }
      groups.add(k - first);
    }
    return groups.build().toArray();
  }

  private long[] members() {
    IdentityHashMap<Block, Integer> places = new IdentityHashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      places.put(ordered.get(i), i);
    }
    return groups.stream().flatMap(g -> g.members().stream()).mapToLong(places::get).toArray();
  }

  private long[] shared() {
    return groups.stream().flatMapToLong(TilePlan::shared).toArray();
  }

  private static LongStream shared(Group group) {
    LongStream.Builder numbers = LongStream.builder();
    numbers.add(group.members().size()).add(group.to() - group.from());
    for (int tile = group.from(); tile < group.to(); tile++) {
      numbers.add(group.members().get(0).page(tile));
    }
    return numbers.build();
  }
}

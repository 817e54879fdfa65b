package io.reckon.engine.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The bytes of all tokens that are text, as a tree. Nodes are numbered so that a node's descendants
 * follow it; the root has no number. Immutable.
 */
final class TokenTrie {
  private static final int NONE = -1;

  private final List<byte[]> bytesOfId;
  private final byte[] label;
  private final short[] depth; // from 1
  private final int[] end; // the first node that is no descendant
  private final short[] classes; // kinds of bytes of a node and of its descendants
  private final int[] token; // of a node, the first that is spelled so; else NONE
  private final int[] twin; // by id, the next token of the same bytes; else NONE
  private final BitSet spellable = new BitSet();
  private final int longest;

  /**
   * @param bytesOfId empty for ids that are no text
   */
  TokenTrie(List<byte[]> bytesOfId) {
    this.bytesOfId = List.copyOf(bytesOfId);
    List<Integer> sorted = new ArrayList<>();
    int total = 0;
    int most = 0;
    for (int id = 0; id < bytesOfId.size(); id++) {
      byte[] bytes = bytesOfId.get(id);
      if (bytes.length > 0 && bytes.length <= Short.MAX_VALUE) {
        sorted.add(id);
        total += bytes.length;
        most = Math.max(most, bytes.length);
      }
      if (bytes.length == 1) {
        spellable.set(bytes[0] & 0xff);
      }
    }
    sorted.sort((a, b) -> Arrays.compareUnsigned(bytesOfId.get(a), bytesOfId.get(b)));
    this.longest = most;
    this.twin = new int[bytesOfId.size()];
    Arrays.fill(twin, NONE);
    Builder builder = new Builder(total);
    sorted.forEach(builder::add);
    this.label = Arrays.copyOf(builder.labels, builder.count);
    this.depth = Arrays.copyOf(builder.depths, builder.count);
    this.token = Arrays.copyOf(builder.tokens, builder.count);
    this.end = ends(depth);
    this.classes = classes();
  }

  /** Takes tokens in the order of their bytes. */
  private final class Builder {
    final byte[] labels;
    final short[] depths;
    final int[] tokens;
    int count;
    private byte[] previous = {};

    Builder(int most) {
      labels = new byte[most];
      depths = new short[most];
      tokens = new int[most];
    }

    void add(int id) {
      byte[] bytes = bytesOfId.get(id);
      int common = Arrays.mismatch(bytes, previous);
      if (common < 0) {
        twin[id] = tokens[count - 1];
        tokens[count - 1] = id;
        return;
      }
      for (int i = common; i < bytes.length; i++) {
        labels[count] = bytes[i];
        depths[count] = (short) (i + 1);
        tokens[count++] = i + 1 == bytes.length ? id : NONE;
      }
      previous = bytes;
    }
  }

  private static int[] ends(short... depth) {
    int[] ends = new int[depth.length];
    int[] open = new int[Short.MAX_VALUE + 2]; // by depth, the last node there
    int deepest = 0;
    for (int node = 0; node <= depth.length; node++) {
      int here = node < depth.length ? depth[node] : 1;
      for (int d = deepest; d >= here; d--) {
        ends[open[d]] = node;
      }
      open[here] = node;
      deepest = here;
    }
    return ends;
  }

  private short[] classes() {
    short[] all = new short[label.length];
    for (int node = label.length - 1; node >= 0; node--) {
      all[node] = (short) ByteClass.of(label[node]);
      for (int child = node + 1; child < end[node]; child = end[child]) {
        all[node] |= all[child];
      }
    }
    return all;
  }

  int nodes() {
    return label.length;
  }

  int label(int node) {
    return label[node] & 0xff;
  }

  int depth(int node) {
    return depth[node];
  }

  int end(int node) {
    return end[node];
  }

  /** The kinds of bytes of a node and of its descendants, as bits of {@link ByteClass}. */
  int classes(int node) {
    return classes[node];
  }

  /** The token that a node spells; -1 where none does. */
  int token(int node) {
    return token[node];
  }

  /** Another token of the same bytes; -1 where there is none. */
  int twin(int id) {
    return twin[id];
  }

  byte[] bytes(int id) {
    return bytesOfId.get(id);
  }

  /** Number of ids, those that are no text included. */
  int size() {
    return bytesOfId.size();
  }

  /** Bytes of the longest token. */
  int longest() {
    return longest;
  }

  /** Bytes that are tokens of their own. */
  BitSet spellable() {
    return spellable;
  }

  /** Whether some longer token begins with these bytes. */
  boolean continues(byte[] bytes, int from, int to) {
    int node = find(bytes, from, to);
    return node != NONE && end[node] > node + 1;
  }

  /** The longest token that begins at a place; -1 where none does. */
  int longestAt(byte[] bytes, int from) {
    int best = NONE;
    int node = NONE;
    for (int at = from; at < bytes.length; at++) {
      node = child(node, bytes[at]);
      if (node == NONE) {
        break;
      }
      best = token[node] == NONE ? best : token[node];
    }
    return best;
  }

  private int find(byte[] bytes, int from, int to) {
    int node = NONE;
    for (int at = from; at < to; at++) {
      node = child(node, bytes[at]);
      if (node == NONE) {
        return NONE;
      }
    }
    return node;
  }

  /**
   * @param parent -1 for the root
   */
  private int child(int parent, byte wanted) {
    int limit = parent == NONE ? label.length : end[parent];
    for (int node = parent + 1; node < limit; node = end[node]) {
      if (label[node] == wanted) {
        return node;
      }
    }
    return NONE;
  }
}

package io.reckon.engine.cache;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * Full pages of computed tokens, found again by those tokens and all before them. A page is held by
 * the sequences that read it; one that nobody holds stays until its room is needed, the least
 * recently used first. The engine's thread only.
 */
final class PrefixTree {
  /** A page, the tokens on it, and the pages that may follow. */
  static final class Node {
    private final Node parent;
    private final Run run;
    private final int page;
    private final Map<Run, Node> children = new HashMap<>(2);
    private int holders;

    private Node(Node parent, Run run, int page) {
      this.parent = parent;
      this.run = run;
      this.page = page;
    }

    int page() {
      return page;
    }
  }

  /** The tokens of a page; a key. */
  record Run(int[] tokens) {
    static Run of(int[] tokens, int from, int count) {
      return new Run(Arrays.copyOfRange(tokens, from, from + count));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Run run && Arrays.equals(tokens, run.tokens);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(tokens);
    }
  }

  private final int pageTokens;
  private final Node root = new Node(null, null, 0);

  /**
   * Those that nobody holds, the next to be evicted first. INVARIANT: a node comes after all nodes
   * below it, since whoever holds a node holds those above it, and lets go of them later.
   */
  private final LinkedHashSet<Node> idle = new LinkedHashSet<>();

  private long evictions;

  PrefixTree(int pageTokens) {
    this.pageTokens = pageTokens;
  }

  /** The node that stands before every first page; it has no page of its own. */
  Node root() {
    return root;
  }

  /** Pages that nobody holds. */
  int idle() {
    return idle.size();
  }

  /** Pages evicted so far. */
  long evictions() {
    return evictions;
  }

  /**
   * Holds the page after {@code parent} with the tokens from {@code from} on.
   *
   * @return null where there is none
   */
  Node hold(Node parent, int[] tokens, int from) {
    Node node = parent.children.get(Run.of(tokens, from, pageTokens));
    if (node != null && node.holders++ == 0) {
      idle.remove(node);
    }
    return node;
  }

  /** What tells the page after {@code parent} with the tokens from {@code from} on from others. */
  PageKey key(Node parent, int[] tokens, int from) {
    return new PageKey(parent, Run.of(tokens, from, pageTokens));
  }

  /** Adds a page after {@code parent}, which has none for these tokens, and holds it. */
  Node add(Node parent, int[] tokens, int from, int page) {
    Node node = new Node(parent, Run.of(tokens, from, pageTokens), page);
    node.holders = 1;
    parent.children.put(node.run, node);
    return node;
  }

  /** Ends a hold; of nodes held together the lowest first. */
  void letGo(Node node) {
    if (--node.holders == 0) {
      idle.add(node);
    }
  }

  /** Forgets the least recently used page that nobody holds, and gives it. */
  int evict() {
    Node oldest = idle.iterator().next();
    idle.remove(oldest);
    oldest.parent.children.remove(oldest.run);
    evictions++;
    return oldest.page;
  }
}

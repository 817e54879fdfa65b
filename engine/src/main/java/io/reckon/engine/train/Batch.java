package io.reckon.engine.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Examples laid out for the training program. They are sorted by length and cut into groups; within
 * a group every row is padded to the longest, so little is wasted and attention needs no mask but
 * the causal one.
 *
 * @param examples in the order of the rows
 * @param tokens all rows of all groups, one after another [N]
 * @param positions of the tokens in their rows [N]
 * @param groups first token, rows, tokens a row, for each group [3 G]
 * @param targets indices into {@code tokens} of those whose next token is learnt [M]
 * @param expected the next tokens [M], in the order of the examples
 */
record Batch(
    List<Example> examples,
    long[] tokens,
    long[] positions,
    long[] groups,
    long[] targets,
    long[] expected) {

  /** Lays out {@code examples} in at most {@code groupCount} groups of rows of similar length. */
  static Batch of(List<Example> examples, int groupCount) {
    List<Example> sorted = new ArrayList<>(examples);
    sorted.sort(Comparator.comparingInt(Example::length));
    Layout layout = new Layout(sorted.stream().mapToInt(e -> e.length() - e.promptTokens()).sum());
    int from = 0;
    for (int group = 1; group <= groupCount; group++) {
      int to = (int) ((long) sorted.size() * group / groupCount);
      if (to > from) {
        layout.add(sorted.subList(from, to));
      }
      from = to;
    }
    return layout.batch(sorted);
  }

  /** Grows the arrays group by group. */
  private static final class Layout {
    private final List<long[]> rows = new ArrayList<>();
    private final List<Long> groups = new ArrayList<>();
    private final long[] targets;
    private final long[] expected;
    private int learnt;
    private long first;

    Layout(int learntTokens) {
      targets = new long[learntTokens];
      expected = new long[learntTokens];
    }

    void add(List<Example> group) {
      int width = group.get(group.size() - 1).length() - 1;
      groups.addAll(List.of(first, (long) group.size(), (long) width));
      for (Example example : group) {
        addRow(example, width);
        first += width;
      }
    }

    private void addRow(Example example, int width) {
      long[] row = new long[width];
      int[] tokens = example.tokens();
      for (int i = 0; i + 1 < tokens.length; i++) {
        row[i] = tokens[i];
        if (i + 1 >= example.promptTokens()) {
          targets[learnt] = first + i;
          expected[learnt++] = tokens[i + 1];
        }
      }
      rows.add(row);
    }

    Batch batch(List<Example> sorted) {
      long[] tokens = new long[(int) first];
      long[] positions = new long[(int) first];
      int at = 0;
      for (long[] row : rows) {
        System.arraycopy(row, 0, tokens, at, row.length);
        for (int i = 0; i < row.length; i++) {
          positions[at++] = i;
        }
      }
      long[] bounds = groups.stream().mapToLong(Long::longValue).toArray();
      return new Batch(sorted, tokens, positions, bounds, targets, expected);
    }
  }
}

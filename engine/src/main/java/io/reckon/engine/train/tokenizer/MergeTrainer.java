package io.reckon.engine.train.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns byte-pair merges: joins the most frequent pair of neighbours in all words, again and
 * again. Equal counts go by text, so the result depends on the words alone.
 */
final class MergeTrainer {
  /** Two neighbouring pieces that become one. */
  record Merge(String left, String right) implements Comparable<Merge> {
    private static final Comparator<Merge> ORDER =
        Comparator.comparing(Merge::left).thenComparing(Merge::right);

    String joined() {
      return left + right;
    }

    @Override
    public int compareTo(Merge other) {
      return ORDER.compare(this, other);
    }
  }

  private record Word(List<String> pieces, int count) {}

  private MergeTrainer() {}

  /**
   * Learns at most {@code limit} merges.
   *
   * @param counts how often each word occurs, words in the {@link ByteAlphabet}
   */
  static List<Merge> train(Map<String, Integer> counts, int limit) {
    List<Word> words = new ArrayList<>();
    new TreeMap<>(counts).forEach((text, count) -> words.add(new Word(characters(text), count)));
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < limit) {
      Map<Merge, Long> pairs = pairs(words);
      if (pairs.isEmpty()) {
        break;
      }
      Merge best = mostFrequent(pairs);
      merges.add(best);
      words.forEach(word -> apply(best, word.pieces));
    }
    return merges;
  }

  private static List<String> characters(String text) {
    return new ArrayList<>(text.chars().mapToObj(Character::toString).toList());
  }

  private static Map<Merge, Long> pairs(List<Word> words) {
    Map<Merge, Long> pairs = new TreeMap<>();
    for (Word word : words) {
      for (int i = 1; i < word.pieces.size(); i++) {
        pairs.merge(
            new Merge(word.pieces.get(i - 1), word.pieces.get(i)), (long) word.count, Long::sum);
      }
    }
    return pairs;
  }

  private static Merge mostFrequent(Map<Merge, Long> pairs) {
    Merge best = null;
    long count = 0;
    for (Map.Entry<Merge, Long> pair : pairs.entrySet()) {
      if (pair.getValue() > count) {
        best = pair.getKey();
        count = pair.getValue();
      }
    }
    return best;
  }

  private static void apply(Merge merge, List<String> pieces) {
    for (int i = 0; i + 1 < pieces.size(); i++) {
      if (pieces.get(i).equals(merge.left) && pieces.get(i + 1).equals(merge.right)) {
        pieces.set(i, merge.joined());
        pieces.remove(i + 1);
      }
    }
  }
}

package io.reckon.engine.constraint;

import io.reckon.engine.api.OutputConstraint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a state of a constraint costs when it is first come to, of a vocabulary of 129,280. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConstraintBenchmark {
  private static final int VOCABULARY = 129_280;
  private static final String SCHEMA =
      """
      {"type": "object", "properties": {
        "label": {"enum": ["positive", "negative"]},
        "text": {"type": "string", "maxLength": 300}}, "required": ["label", "text"]}""";

  private final List<byte[]> vocabulary = vocabulary();
  private ConstraintRun atStart;
  private ConstraintRun inText;

  /** Every byte, then words of 2 to 12 letters, a third of them after a space. */
  private static List<byte[]> vocabulary() {
    Random random = new Random(1);
    List<byte[]> tokens = new ArrayList<>(List.of(new byte[0]));
    for (int value = 0; value < 256; value++) {
      tokens.add(new byte[] {(byte) value});
    }
    Set<String> words = new HashSet<>();
    while (tokens.size() < VOCABULARY) {
      StringBuilder word = new StringBuilder(random.nextInt(3) == 0 ? " " : "");
      for (int length = 2 + random.nextInt(11); length > 0; length--) {
        word.append((char) ('a' + (int) (26 * Math.pow(random.nextDouble(), 2))));
      }
      if (words.add(word.toString())) {
        tokens.add(word.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return tokens;
  }

  @Setup(Level.Invocation)
  public void begin() {
    Constraints constraints = new Constraints(() -> vocabulary, text -> new int[0], List.of(0));
    Constraint constraint = constraints.compile(new OutputConstraint.JsonSchema(SCHEMA));
    atStart = constraint.begin(false);
    inText = constraint.begin(false);
    for (byte value : "{\"label\": \"positive\", \"text\": \"".getBytes(StandardCharsets.UTF_8)) {
      inText.append(1 + (value & 0xff));
    }
  }

  /** A state in which few tokens may come. */
  @Benchmark
  public TokenMask structure() {
    return atStart.mask(1000);
  }

  /** A state in which nearly all may. */
  @Benchmark
  public TokenMask freeText() {
    return inText.mask(1000);
  }

  /** The same near the limit, where each token's distance counts. */
  @Benchmark
  public TokenMask freeTextNearTheLimit() {
    return inText.mask(5);
  }

  @Benchmark
  public TokenTrie readVocabulary() {
    return new TokenTrie(vocabulary);
  }
}

package io.reckon.engine.train;

import static io.reckon.engine.train.tokenizer.TokenizerBuilder.ASSISTANT;
import static io.reckon.engine.train.tokenizer.TokenizerBuilder.BEGIN_OF_SENTENCE;
import static io.reckon.engine.train.tokenizer.TokenizerBuilder.END_OF_SENTENCE;
import static io.reckon.engine.train.tokenizer.TokenizerBuilder.END_OF_THINK;
import static io.reckon.engine.train.tokenizer.TokenizerBuilder.THINK;
import static io.reckon.engine.train.tokenizer.TokenizerBuilder.USER;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.reckon.engine.train.problem.Family;
import io.reckon.engine.train.problem.Problem;
import io.reckon.engine.train.problem.ProblemGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Problems turned into tokens, as the chat template would render them. */
final class ProblemExamples implements AutoCloseable {
  /** Separates the streams of the steps; the golden ratio's bits, as in SplitMix64. */
  private static final long STRIDE = 0x9E3779B97F4A7C15L;

  private final HuggingFaceTokenizer tokenizer;
  private final long seed;

  ProblemExamples(Path tokenizerFile, long seed) throws IOException {
    this.tokenizer =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(tokenizerFile)
            .optTruncation(false)
            .optPadding(false)
            .build();
    this.seed = seed;
  }

  /** The problems of one step: the same for the same seed and step. */
  List<Example> step(int step, int tokens) {
    ProblemGenerator generator = new ProblemGenerator(seed + STRIDE * step);
    List<Example> examples = new ArrayList<>();
    for (int count = 0; count < tokens; ) {
      Example example = example(generator.training());
      examples.add(example);
      count += example.length();
    }
    return examples;
  }

  /** {@code count} reserved problems of a family: the same for the same seed. */
  List<Example> reserved(Family family, int count) {
    ProblemGenerator generator = new ProblemGenerator(seed ^ STRIDE);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(example(generator.reserved(family)));
    }
    return examples;
  }

  Example example(Problem problem) {
    String prompt =
        BEGIN_OF_SENTENCE
            + problem.system().orElse("")
            + USER
            + problem.prompt()
            + ASSISTANT
            + THINK
            + "\n";
    String completion =
        problem.reasoning() + "\n" + END_OF_THINK + "\n\n" + problem.answer() + END_OF_SENTENCE;
    long[] promptIds = tokenizer.encode(prompt, false, false).getIds();
    long[] completionIds = tokenizer.encode(completion, false, false).getIds();
    int[] tokens = new int[promptIds.length + completionIds.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) (i < promptIds.length ? promptIds[i] : completionIds[i - promptIds.length]);
    }
    return new Example(problem.family().label(), tokens, promptIds.length);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

package io.reckon.engine;

import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.program.AttentionBlocks;
import io.reckon.engine.program.ModelProgram;
import io.reckon.engine.program.StepInput;
import io.reckon.engine.sample.Sampler;
import io.reckon.engine.schedule.Batch;
import io.reckon.engine.schedule.Sequence;
import io.reckon.engine.schedule.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Lays a batch out as the rows and blocks that the program wants. */
final class StepAssembler {
  private static final int BLOCK = ModelProgram.BLOCK_TOKENS;

  private final int pageTokens;

  StepAssembler(int pageTokens) {
    this.pageTokens = pageTokens;
  }

  /**
   * Builds the step of a batch.
   *
   * @param sampling how each sequence's next token is chosen
   */
  AssembledStep assemble(Batch batch, Function<Sequence, SamplingParameters> sampling) {
    TilePlan single = plan(blocks(batch, StepAssembler::inSingleRows, 1));
    TilePlan full = plan(blocks(batch, slice -> !inSingleRows(slice), BLOCK));
    Rows rows = new Rows(single.blocks().size() + full.blocks().size() * BLOCK);
    single.blocks().forEach(block -> rows.add(block, 1));
    full.blocks().forEach(block -> rows.add(block, BLOCK));
    return new AssembledStep(
        rows.input(single.attention(), full.attention(), sampling),
        rows.scored(),
        Arrays.asList(rows.owners));
  }

  private TilePlan plan(List<Block> blocks) {
    return new TilePlan(blocks, pageTokens);
  }

  private static boolean inSingleRows(Slice slice) {
    return slice.inSingleRows(BLOCK);
  }

  /** Blocks of the slices that a test picks, which end at multiples of their width. */
  private static List<Block> blocks(Batch batch, Predicate<Slice> picks, int width) {
    List<Block> blocks = new ArrayList<>();
    Stream.concat(batch.decodes().stream(), batch.prefills().stream())
        .filter(picks)
        .forEach(slice -> addBlocks(blocks, slice, width));
    return blocks;
  }

  private static void addBlocks(List<Block> blocks, Slice slice, int width) {
    int end = slice.from() + slice.count();
    for (int from = slice.from(); from < end; ) {
      int rows = Math.min(width - from % width, end - from);
      blocks.add(new Block(slice.sequence(), from, rows, slice.samples(from + rows - 1)));
      from += rows;
    }
  }

  /** The rows of a step while they are laid out. */
  private static final class Rows {
    private final long[] tokens;
    private final long[] positions;
    private final long[] slots;
    private final Sequence[] owners;
    private final List<Block> scoring = new ArrayList<>();
    private final List<Integer> scoringRows = new ArrayList<>();
    private int count;

    Rows(int rows) {
      tokens = new long[rows];
      positions = new long[rows];
      slots = new long[rows];
      owners = new Sequence[rows];
    }

    /** Padding rows are token 0 in slot 0, the scratch page; their positions go on. */
    void add(Block block, int width) {
      for (int i = 0; i < width; i++, count++) {
        int position = block.from() + i;
        positions[count] = position;
        if (i < block.rows()) {
          tokens[count] = block.sequence().token(position);
          slots[count] = block.sequence().pages().slot(position);
          owners[count] = block.sequence();
        }
      }
      if (block.samples()) {
        scoring.add(block);
        scoringRows.add(count - width + block.rows() - 1);
      }
    }

    /** The rows of the output, in the order of their tokens for each sequence. */
    List<ScoredRows> scored() {
      Map<Sequence, ScoredRows> ofSequences = new LinkedHashMap<>();
      for (int row = 0; row < scoring.size(); row++) {
        Sequence sequence = scoring.get(row).sequence();
        int first = sequence.length() - 1;
        ofSequences.computeIfAbsent(
                    sequence, any -> new ScoredRows(any, first, new int[1 + any.drafts()]))
                .rows()[scoring.get(row).last() - first] =
            row;
      }
      return List.copyOf(ofSequences.values());
    }

    StepInput input(
        AttentionBlocks single,
        AttentionBlocks full,
        Function<Sequence, SamplingParameters> sampling) {
      float[] inverseTemperatures = new float[scoring.size()];
      int candidates = 0;
      for (int i = 0; i < inverseTemperatures.length; i++) {
        SamplingParameters parameters = sampling.apply(scoring.get(i).sequence());
        inverseTemperatures[i] = parameters.greedy() ? 1 : (float) (1 / parameters.temperature());
        candidates = Math.max(candidates, Sampler.candidates(parameters));
      }
      return new StepInput(
          tokens,
          positions,
          slots,
          single,
          full,
          scoringRows.stream().mapToLong(Integer::longValue).toArray(),
          inverseTemperatures,
          candidates);
    }
  }
}

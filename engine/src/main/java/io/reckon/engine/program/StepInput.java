package io.reckon.engine.program;

/**
 * What one step computes. Rows are tokens: first blocks of one row each, of sequences that decode
 * or have only a few tokens to take in, then blocks of {@link ModelProgram#BLOCK_TOKENS} rows.
 *
 * @param tokens [T] ids
 * @param positions [T] places in the rows' sequences
 * @param slots [T] places in the cache, {@code page * page tokens + offset}
 * @param single the blocks of one row
 * @param full the other blocks
 * @param sampling [S] the rows to score
 * @param inverseTemperatures [S] 1 over each scored row's temperature; 1 where it is greedy
 * @param candidates how many of the likeliest tokens to give for each scored row, as far as the
 *     vocabulary has them; 0 for the likeliest alone
 */
public record StepInput(
    long[] tokens,
    long[] positions,
    long[] slots,
    AttentionBlocks single,
    AttentionBlocks full,
    long[] sampling,
    float[] inverseTemperatures,
    int candidates) {}

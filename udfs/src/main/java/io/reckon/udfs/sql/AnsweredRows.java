package io.reckon.udfs.sql;

import io.reckon.udfs.QueryAnswer;
import io.reckon.udfs.QueryAnswers;
import io.reckon.udfs.sql.EvaluateCalls.AskedCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;

/**
 * The rows of a partition with the results of their calls, in the order in which they came. It
 * reads ahead as long as the engine has room. A row that takes long holds up those behind it, not
 * the engine: as many again may wait, finished, until it ends. Only the task's thread uses it.
 */
final class AnsweredRows implements Iterator<InternalRow> {
  /** Most rows that are read and not given; some kilobytes each. */
  private static final int MOST_READ = 4096;

  private final Iterator<InternalRow> rows;
  private final List<AskedCall> calls;
  private final UnsafeProjection prompts;
  private final UnsafeProjection result;
  private final CallMetrics metrics;
  private final JoinedRow joined = new JoinedRow();
  private final Deque<PendingRow> pending = new ArrayDeque<>();
  private final QueryAnswers answers;

  /** Of the row that was read last; who takes rows from here is at another. */
  private InputFile reading = InputFile.current();

  /**
   * @param rows at least one
   * @param prompts gives the calls' prompts for a row
   * @param result makes what is given of a row and the calls' results
   * @param metrics count what is given
   */
  AnsweredRows(
      TaskContext task,
      Iterator<InternalRow> rows,
      List<AskedCall> calls,
      UnsafeProjection prompts,
      UnsafeProjection result,
      CallMetrics metrics) {
    this.rows = rows;
    this.calls = calls;
    this.prompts = prompts;
    this.result = result;
    this.metrics = metrics;
    this.answers =
        QueryAnswers.begin(task, calls.get(0).call().engine(), calls.get(0).call().engines());
  }

  /**
   * A row that was read.
   *
   * @param file where it was read
   * @param answers for each call; null where the prompt is
   */
  private record PendingRow(
      InternalRow row, InputFile file, List<CompletableFuture<QueryAnswer>> answers) {
    boolean isDone() {
      return answers.stream().allMatch(answer -> answer == null || answer.isDone());
    }
  }

  @Override
  public boolean hasNext() {
    if (!pending.isEmpty()) {
      return true;
    }
    reading.restore();
    boolean more = rows.hasNext();
    reading = InputFile.current();
    return more;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    readAhead();
    while (!pending.getFirst().isDone()) {
      answers.awaitEnd();
      readAhead();
    }
    return result(pending.removeFirst());
  }

  private void readAhead() {
    reading.restore();
    while ((pending.isEmpty() || answers.hasRoom())
        && pending.size() < MOST_READ
        && rows.hasNext()) {
      pending.addLast(ask(rows.next()));
    }
    reading = InputFile.current();
  }

  private PendingRow ask(InternalRow row) {
    InternalRow asked = prompts.apply(row);
    List<CompletableFuture<QueryAnswer>> asks = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      asks.add(asked.isNullAt(i) ? null : ask(calls.get(i), asked.get(i, calls.get(i).type())));
    }
    // Spark gives the same row object again and again.
    return new PendingRow(row.copy(), InputFile.current(), asks);
  }

  private CompletableFuture<QueryAnswer> ask(AskedCall call, Object prompt) {
    return answers.ask(call.prompts().prompt(prompt), call.call().plan().sampling());
  }

  private InternalRow result(PendingRow row) {
    Object[] results = new Object[calls.size()];
    for (int i = 0; i < results.length; i++) {
      CompletableFuture<QueryAnswer> answer = row.answers().get(i);
      results[i] = answer == null ? null : result(calls.get(i), answer.join());
    }
    metrics.rowGiven();
    row.file().restore();
    return result.apply(joined.apply(row.row(), new GenericInternalRow(results)));
  }

  private InternalRow result(AskedCall call, QueryAnswer answer) {
    metrics.answered(answer);
    return call.structs().of(answer);
  }
}

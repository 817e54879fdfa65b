package io.reckon.udfs.journal;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a journal file. Sorted by partition, attempt and sequence, which is the order of
 * names too; of two copies of a generation the one in the first file counts.
 */
public record JournalFile(TaskAttempt task, int sequence)
    implements Serializable, Comparable<JournalFile> {
  private static final Pattern NAME =
      Pattern.compile("p(\\d{6,9})-a(\\d{10,18})-(\\d{5,9})\\.arrow");
  private static final Comparator<JournalFile> ORDER =
      Comparator.comparingInt(JournalFile::partition)
          .thenComparingLong(file -> file.task.id())
          .thenComparingInt(JournalFile::sequence);

  public int partition() {
    return task.partition();
  }

  public String name() {
    return "%s-%05d.arrow".formatted(task.prefix(), sequence);
  }

  /** Empty where the name is no journal file's. */
  public static Optional<JournalFile> parse(String name) {
    Matcher match = NAME.matcher(name);
    return match.matches()
        ? Optional.of(
            new JournalFile(
                new TaskAttempt(Integer.parseInt(match.group(1)), Long.parseLong(match.group(2))),
                Integer.parseInt(match.group(3))))
        : Optional.empty();
  }

  @Override
  public int compareTo(JournalFile other) {
    return ORDER.compare(this, other);
  }
}

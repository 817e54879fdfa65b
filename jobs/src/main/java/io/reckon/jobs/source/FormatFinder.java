package io.reckon.jobs.source;

import io.reckon.jobs.UserError;
import io.reckon.jobs.batch.BatchFile;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what format files are of, where nobody says it. */
record FormatFinder(SourceFiles files, FileContent content) {
  private static final Logger LOG = LoggerFactory.getLogger(FormatFinder.class);

  /**
   * The format, by the table's log, else the files' names, else a file's content.
   *
   * @throws UserError where that of a file is another or not known, or belongs to a Delta table
   */
  SourceFormat find() {
    if (files.hasDeltaLog()) {
      return SourceFormat.DELTA;
    }
    Optional<Path> telling = files.filled().filter(file -> byName(file).isPresent()).findFirst();
    Path file = telling.orElseGet(files::firstFile);
    SourceFormat format = byName(file).orElseGet(() -> byContent(file));
    if (telling.isPresent()) {
      files
          .filled()
          .filter(other -> !isLike(other, format))
          .findFirst()
          .ifPresent(o -> refuse(o, file));
    }
    if (format == SourceFormat.PARQUET) {
      requireNoneOfDelta();
    }
    if (format == SourceFormat.CSV || format == SourceFormat.TEXT) {
      requireUtf8(file);
    }
    return isJson(format) && content.head(file).lines().anyMatch(BatchFile::isRequest)
        ? SourceFormat.OPENAI_BATCH
        : format;
  }

  private static Optional<SourceFormat> byName(Path file) {
    return SourceFormat.byFileName(file.getName());
  }

  private static boolean isJson(SourceFormat format) {
    return format == SourceFormat.JSON || format == SourceFormat.JSONL;
  }

  private static boolean isLike(Path file, SourceFormat format) {
    return byName(file)
        .filter(other -> other == format || (isJson(other) && isJson(format)))
        .isPresent();
  }

  private void refuse(Path odd, Path file) {
    String ending = file.getName().substring(file.getName().indexOf('.') + 1);
    throw new UserError(
        "'%s' is not of the format of '%s' beside it; give --prompts a pattern of the files to read, such as '%s/*.%s', or give --format"
            .formatted(odd, file, file.getParent(), ending));
  }

  /** The files of a table hold rows that were deleted or changed since, until they are vacuumed. */
  private void requireNoneOfDelta() {
    Set<Path> folders = new LinkedHashSet<>();
    for (FileStatus match : files.matches()) {
      Path folder = match.isFile() ? match.getPath().getParent() : match.getPath();
      for (; folder != null && folders.add(folder); folder = folder.getParent()) {
        if (isTable(folder)) {
          throw new UserError(
              "'%s' lies in the Delta table '%s', whose files also hold rows that are gone; give --prompts the table's folder, or ask for some of its rows from a program"
                  .formatted(files, folder));
        }
      }
    }
  }

  /** A folder that can't be looked into, far above perhaps, is none that is read. */
  private boolean isTable(Path folder) {
    try {
      return files.hasDeltaLog(folder);
    } catch (IOException e) {
      LOG.debug("{} can't be looked into", folder, e);
      return false;
    }
  }

  private void requireUtf8(Path file) {
    if (content.head(file).indexOf('\0') >= 0) {
      throw new UserError(
          "'%s' holds bytes of 0, as text in UTF-16 does; write it in UTF-8".formatted(file));
    }
  }

  private SourceFormat byContent(Path file) {
    String head = content.head(file);
    if (head.startsWith("PAR1")) {
      return SourceFormat.PARQUET;
    }
    String start = head.stripLeading();
    if (start.startsWith("{") || start.startsWith("[")) {
      return SourceFormat.JSON;
    }
    // A name that ends in something else, such as .tsv, says that it is no prompt a line.
    if (head.indexOf('\0') >= 0 || !SourceFormat.ending(file.getName()).isEmpty()) {
      throw new UserError(
          "the format of '%s' is not known; give --format (%s)"
              .formatted(file, SourceFormat.labels()));
    }
    return SourceFormat.TEXT;
  }
}

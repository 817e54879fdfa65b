package io.reckon.udfs.sql;

import org.apache.spark.rdd.InputFileBlockHolder;

/**
 * Where the row that a task's thread works on was read: what {@code input_file_name()} and its like
 * give. Spark keeps it for the thread, by what was read last, so who reads ahead must keep it for
 * each row.
 *
 * @param path empty where rows come from no file
 */
record InputFile(String path, long start, long length) {
  /** Of this thread. */
  static InputFile current() {
    return new InputFile(
        InputFileBlockHolder.getInputFilePath().toString(),
        InputFileBlockHolder.getStartOffset(),
        InputFileBlockHolder.getLength());
  }

  /** Makes it this thread's. */
  void restore() {
    if (equals(current())) {
      return;
    }
    if (path.isEmpty()) {
      InputFileBlockHolder.unset();
    } else {
      InputFileBlockHolder.set(path, start, length);
    }
  }
}

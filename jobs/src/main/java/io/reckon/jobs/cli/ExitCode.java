package io.reckon.jobs.cli;

/** What the process ends with. */
final class ExitCode {
  /** All was done. */
  static final int DONE = 0;

  /** Something broke that the user's input does not explain. */
  static final int BROKEN = 1;

  /** The input is at fault: an option, a path, a column, a model folder. Nothing was written. */
  static final int BAD_INPUT = 2;

  /** The job ended and its tables are complete, but some rows hold an error. */
  static final int DONE_WITH_FAILED_ROWS = 3;

  private ExitCode() {}
}

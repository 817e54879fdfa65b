package io.reckon.jobs.cli;

import io.reckon.jobs.UserError;

/**
 * How the engine goes about requests.
 *
 * @param sharing whether requests share the pages of a common prefix
 * @param staticBatches whether a batch starts only when all of the one before it have ended
 * @param prefixFirst whether the common prefix is computed alone, before any request comes
 * @param drafts whether tokens are guessed ahead
 */
record BenchWay(boolean sharing, boolean staticBatches, boolean prefixFirst, boolean drafts) {
  /** This way but for one thing, by the name that {@code --compare} has for it. */
  BenchWay but(String name) {
    return switch (name) {
      case "no-sharing" -> new BenchWay(false, staticBatches, prefixFirst, drafts);
      case "static-batches" -> new BenchWay(sharing, true, prefixFirst, drafts);
      case "prefix-first" -> new BenchWay(sharing, staticBatches, true, drafts);
      case "drafts" -> new BenchWay(sharing, staticBatches, prefixFirst, true);
      default ->
          throw new UserError(
              "--compare is '"
                  + name
                  + "'; give no-sharing, static-batches, prefix-first or drafts");
    };
  }
}

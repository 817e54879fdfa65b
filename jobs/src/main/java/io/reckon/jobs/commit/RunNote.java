package io.reckon.jobs.commit;

/**
 * What a run says of itself when it begins, so that a later one can tell of it if it dies.
 *
 * @param startedAtMillis since 1970
 * @param configuration its options as JSON
 * @param source where its prompts come from
 * @param sourceVersion null where the source has no versions
 * @param scope null where the run does not go on from others
 */
public record RunNote(
    long startedAtMillis, String configuration, String source, Long sourceVersion, String scope) {}

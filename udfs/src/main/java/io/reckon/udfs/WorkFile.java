package io.reckon.udfs;

import java.io.Serializable;

/**
 * The prompts of one partition in a file of their own, so that a task that runs again has the same
 * rows in the same order, and needs no shuffle that has gone with its executor.
 */
public record WorkFile(int partition, String path) implements Serializable {}

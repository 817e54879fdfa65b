package io.reckon.udfs.journal;

import java.io.Serializable;

/** Says that a journal file is closed. */
public record Receipt(JournalFile file) implements Serializable {}

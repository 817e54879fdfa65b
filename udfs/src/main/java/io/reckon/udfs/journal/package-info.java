/**
 * What a run writes down as it goes: finished generations in Arrow IPC files, and beside them what
 * each task had in flight. A file counts once it is closed; nothing is ever renamed.
 *
 * <p>Start with {@link io.reckon.udfs.journal.JournalFolder}; {@link
 * io.reckon.udfs.journal.JournalWriter} fills it, {@link io.reckon.udfs.journal.PartitionHistory}
 * tells a retry what came before.
 */
package io.reckon.udfs.journal;

/**
 * From the journal to the tables, once each, whatever dies on the way. {@link
 * io.reckon.jobs.commit.StateFolder} is what is kept, {@link io.reckon.jobs.commit.Committer} moves
 * it while a run goes on, {@link io.reckon.jobs.commit.Recovery} what earlier runs have left.
 */
package io.reckon.jobs.commit;

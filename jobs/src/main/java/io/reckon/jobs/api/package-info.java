/**
 * Runs from a program or a notebook, in the session that is there. Start with {@link
 * io.reckon.jobs.api.Reckon}.
 */
package io.reckon.jobs.api;

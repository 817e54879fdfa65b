/** What an engine counts. */
package io.reckon.engine.metrics;

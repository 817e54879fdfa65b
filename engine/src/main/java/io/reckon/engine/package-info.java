/** The engine itself: where schedule, program and sampling meet. */
package io.reckon.engine;

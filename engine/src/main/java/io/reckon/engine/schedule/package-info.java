/** Which sequences run in the next step, and how many of their tokens: plain integers. */
package io.reckon.engine.schedule;

/** Chooses tokens from scores, each request from its own random stream. */
package io.reckon.engine.sample;

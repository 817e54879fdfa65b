/** From messages to token ids, and from token ids back to reasoning and answer. */
package io.reckon.engine.text;

/** An engine whose tokens come from a server: any that speaks OpenAI's chat completions. */
package io.reckon.engine.remote;

/** Who holds which page of the latent cache: plain integers, no tensor in sight. */
package io.reckon.engine.cache;

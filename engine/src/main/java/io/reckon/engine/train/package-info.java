/**
 * Makes the built-in model: problems in, a checkpoint folder out. Nothing else uses this package.
 */
package io.reckon.engine.train;

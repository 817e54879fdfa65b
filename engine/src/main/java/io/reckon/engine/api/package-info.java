/**
 * What a caller of the engine sees: requests, generations, errors. Nothing here knows of tensors.
 */
package io.reckon.engine.api;

/**
 * What runs on a Spark executor: the partition function, the one engine of the JVM, the plugin.
 *
 * <p>Start with {@link io.reckon.udfs.GeneratePartition}; it leads to the rest.
 */
package io.reckon.udfs;

/** Where models lie: those of Hadoop file systems are copied to each machine, once. */
package io.reckon.udfs.model;

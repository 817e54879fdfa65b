/** What every layer may use and Java's own library lacks. */
package io.reckon.engine.common;

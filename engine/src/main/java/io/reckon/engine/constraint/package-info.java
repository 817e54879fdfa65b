/**
 * What may come next in an answer that must keep to a choice, a regular expression or a JSON
 * schema.
 *
 * <p>{@link io.reckon.engine.constraint.Constraints} compiles a constraint once into an {@link
 * io.reckon.engine.constraint.Expression} over bytes: regular parts are finite automata ({@link
 * io.reckon.engine.constraint.ByteAutomaton}), what nests and repeats is put together from them.
 * The state of an answer is the expression of what may still follow; a byte turns it into the next
 * (Brzozowski, "Derivatives of Regular Expressions", 1964), so that nesting needs no bound and only
 * states that answers come to are ever made. {@link io.reckon.engine.constraint.TokenAutomaton}
 * walks the vocabulary from a state and so learns which tokens are allowed.
 *
 * <p>Knows bytes and ids: no tensors, no models.
 */
package io.reckon.engine.constraint;

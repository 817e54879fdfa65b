/**
 * The engine itself: where text, schedule, program and sampling meet.
 *
 * <p>A request's way: {@link io.reckon.engine.BatchedEngine} renders and encodes it on the caller's
 * thread and puts it into the {@link io.reckon.engine.Inbox}; {@link io.reckon.engine.EngineLoop}
 * takes it out on the engine's thread and steps: the scheduler chooses a batch, {@link
 * io.reckon.engine.StepAssembler} lays it out as rows, the program computes them, the sampler
 * chooses tokens, and {@link io.reckon.engine.ActiveRequest} collects them until the request ends.
 *
 * <p>Packages, each knowing only those before it: {@code api}, {@code metrics}; {@code checkpoint};
 * {@code text}; {@code cache}; then, side by side, {@code schedule} (integers), {@code program}
 * (tensors) and {@code sample} with its {@code constraint}s.
 */
package io.reckon.engine;

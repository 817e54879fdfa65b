package io.reckon.engine.train.problem;

import java.util.Optional;

/**
 * A question with the steps that lead to its answer.
 *
 * @param family the kind of problem
 * @param prompt what the user writes
 * @param system a system message that comes along and must not matter
 * @param reasoning the steps, lines parted by {@code \n}, none at the end
 * @param answer what follows the reasoning
 * @param operands operation and operands, free of phrasing; two prompts that ask the same thing of
 *     the same numbers share it
 */
public record Problem(
    Family family,
    String prompt,
    Optional<String> system,
    String reasoning,
    String answer,
    String operands) {

  /** Whether the operands belong to the tenth of all problems that training never sees. */
  public boolean reserved() {
    return Long.remainderUnsigned(hash(operands), 10) == 0;
  }

  Problem withSystem(String message) {
    return new Problem(family, prompt, Optional.of(message), reasoning, answer, operands);
  }

  /** FNV-1a over the characters, then the finalizer of MurmurHash3; stable across JVMs. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}

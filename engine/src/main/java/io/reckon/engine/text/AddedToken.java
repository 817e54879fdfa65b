package io.reckon.engine.text;

/**
 * A token beside the model's vocabulary, such as a role's marker.
 *
 * @param special whether it is left out of generated text
 * @param normalized whether it is looked for after the text was normalized
 */
record AddedToken(int id, String content, boolean special, boolean normalized) {}

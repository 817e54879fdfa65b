package io.reckon.engine.text;

/**
 * A token beside the model's vocabulary, such as a role's marker.
 *
 * @param special whether it is left out of generated text
 */
record AddedToken(int id, String content, boolean special) {}

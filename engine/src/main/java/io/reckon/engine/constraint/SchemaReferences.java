package io.reckon.engine.constraint;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Follows {@code $ref} within a schema. */
record SchemaReferences(SchemaNode root) {
  /** Where a reference points to. */
  SchemaNode target(SchemaNode reference) {
    String pointer = reference.text();
    if (!pointer.equals("#") && !pointer.startsWith("#/")) {
      throw reference.bad(
          "is '%s'; only places in this schema, #/..., can be meant".formatted(pointer));
    }
    SchemaNode at = root;
    String path = pointer.equals("#") ? "" : pointer.substring(2);
    for (String name : path.isEmpty() ? List.<String>of() : List.of(path.split("/", -1))) {
      String plain = name.replace("~1", "/").replace("~0", "~");
      at =
          at.json().isArray() && plain.matches("\\d{1,6}")
              ? at.child(Integer.parseInt(plain))
              : at.child(plain);
    }
    if (at.json().isMissingNode()) {
      throw reference.bad("is '%s', which is not there".formatted(pointer));
    }
    return at;
  }

  /** A schema, or the one that it refers to in the end. */
  SchemaNode resolved(SchemaNode node) {
    Set<String> seen = new HashSet<>();
    SchemaNode at = node;
    while (at.json().isObject() && at.has("$ref")) {
      at = target(at.child("$ref"));
      if (!seen.add(at.pointer())) {
        throw at.bad("refers to itself before it says anything; end that");
      }
    }
    return at;
  }
}

package io.reckon.engine.checkpoint;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model's name as Ollama reads it: {@code [HOST/][NAMESPACE/]MODEL[:TAG]}.
 *
 * @param host of the registry; {@code registry.ollama.ai} where none is named
 * @param namespace {@code library} where none is named
 * @param tag {@code latest} where none is named
 */
record OllamaName(String host, String namespace, String model, String tag) {
  private static final String PART = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?:(?<host>%1$s(?::\\d+)?)/)?(?<namespace>%1$s)/)?(?<model>%1$s)(?::(?<tag>%1$s))?"
              .formatted(PART));

  static OllamaName parse(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw CheckpointErrors.bad(
          "ollama:" + name, "is no name of an Ollama model; give ollama:NAME or ollama:NAME:TAG");
    }
    return new OllamaName(
        given(parts.group("host"), "registry.ollama.ai"),
        given(parts.group("namespace"), "library"),
        parts.group("model"),
        given(parts.group("tag"), "latest"));
  }

  private static String given(String part, String otherwise) {
    return part == null ? otherwise : part;
  }

  /** Where the manifests of the model's tags lie below those of all models. */
  Path folder() {
    return Path.of(host, namespace, model);
  }

  /** As a user writes it, without what goes without saying. */
  String shown() {
    String shortest =
        namespace.equals("library") && host.equals("registry.ollama.ai")
            ? model
            : host.equals("registry.ollama.ai")
                ? namespace + "/" + model
                : host + "/" + namespace + "/" + model;
    return shortest + ":" + tag;
  }
}

package io.reckon.engine.remote;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.OutputConstraint;
import io.reckon.engine.api.PromptTruncation;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.api.SamplingParameters;
import io.reckon.engine.api.Thinking;
import io.reckon.engine.common.Hashes;
import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A server that answers in the engine's place. It holds the name of a key's variable and never a
 * key, so it may be written down anywhere.
 *
 * @param baseUrl what {@code /chat/completions} is appended to, such as {@code
 *     http://localhost:8000/v1}; a slash at its end is cut off
 * @param model as the server names it
 * @param keyVariable the environment variable that holds the key, on every executor
 * @param concurrency most requests that an executor has open
 * @param requestsPerMinute most requests that an executor sends in a minute; 0 for any number
 * @param retries how often a request is sent again that failed for a while only
 * @param timeoutSeconds how long one reply may take, its last byte included
 * @param omitted what no request tells, of {@code temperature}, {@code top_p} and {@code seed}:
 *     some models refuse a request for them
 */
public record EndpointConfiguration(
    String baseUrl,
    String model,
    String keyVariable,
    int concurrency,
    int requestsPerMinute,
    int retries,
    int timeoutSeconds,
    Set<String> omitted)
    implements Serializable {
  public static final String DEFAULT_KEY_VARIABLE = "OPENAI_API_KEY";

  /** What stands where a loaded model has the mode of its weights. */
  private static final String MODE = "endpoint";

  /** Theirs and all below them. */
  private static final List<String> OPEN_AI_HOSTS =
      List.of(".openai.com", ".openai.azure.com", ".cognitiveservices.azure.com");

  static final String TEMPERATURE = "temperature";
  static final String TOP_P = "top_p";
  static final String SEED = "seed";
  private static final List<String> OMITTABLE = List.of(TEMPERATURE, TOP_P, SEED);

  private static final int MOST_CONCURRENT = 4096;

  public EndpointConfiguration {
    baseUrl = baseUrl.replaceAll("/+$", "");
    requireUrl(baseUrl);
    if (model.isBlank()) {
      throw bad("the model is empty; give --model the name that the endpoint has for it");
    }
    if (!keyVariable.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      // What stands there may be a key, given by mistake.
      throw bad("--api-key-env is no name of an environment variable; give one, never the key");
    }
    require(concurrency >= 1 && concurrency <= MOST_CONCURRENT, "concurrency", concurrency, "4096");
    require(
        requestsPerMinute >= 0, "requests-per-minute", requestsPerMinute, "any; 0 for no limit");
    require(retries >= 0 && retries <= 100, "retries", retries, "100; 0 for none");
    require(timeoutSeconds >= 1 && timeoutSeconds <= 86_400, "timeout", timeoutSeconds, "86400 s");
    omitted = Set.copyOf(omitted);
    omitted.forEach(EndpointConfiguration::requireOmittable);
  }

  /** With the usual limits, and the key, if there is one, in {@code OPENAI_API_KEY}. */
  public static EndpointConfiguration of(String baseUrl, String model) {
    return new EndpointConfiguration(baseUrl, model, DEFAULT_KEY_VARIABLE, 32, 0, 8, 600, Set.of());
  }

  /**
   * The same, with requests that leave these out.
   *
   * @param names of {@code temperature}, {@code top_p} and {@code seed}
   */
  public EndpointConfiguration omitting(Set<String> names) {
    return new EndpointConfiguration(
        baseUrl,
        model,
        keyVariable,
        concurrency,
        requestsPerMinute,
        retries,
        timeoutSeconds,
        names);
  }

  private static void requireOmittable(String name) {
    if (!OMITTABLE.contains(name)) {
      throw bad(
          "--endpoint-omit has '%s'; give names of %s"
              .formatted(name, String.join(", ", OMITTABLE)));
    }
  }

  private static void requireUrl(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw badUrl("is no URL");
    }
    if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
      throw badUrl("holds a user, a query or a fragment, where keys may stand");
    }
    if (uri.getHost() == null || !("http".equals(uri.getScheme()) || isHttps(uri))) {
      throw badUrl("is no http or https URL with a host");
    }
  }

  private static boolean isHttps(URI uri) {
    return "https".equals(uri.getScheme());
  }

  /** Without the value: a key may stand in it. */
  private static EngineException badUrl(String what) {
    return bad("--base-url " + what + "; give one such as http://localhost:8000/v1");
  }

  private static void require(boolean holds, String name, int value, String most) {
    if (!holds) {
      throw bad("--endpoint-%s is %d; give a number up to %s".formatted(name, value, most));
    }
  }

  /**
   * Checks that an endpoint can be asked for what a run wants.
   *
   * @throws EngineException {@code BAD_OPTION} for what the protocol has no word for
   */
  public static void requireSupported(SamplingParameters sampling) {
    if (sampling.constraint() instanceof OutputConstraint.Regex) {
      throw unsupported("a regular expression", "give a JSON schema, or choices");
    }
    if (!(sampling.thinking() instanceof Thinking.Free
        || sampling.thinking() instanceof Thinking.Effort)) {
      throw unsupported("thinking to be on, off or limited", "leave it to the server");
    }
    if (sampling.truncation() != PromptTruncation.ERROR) {
      throw unsupported("cutting overlong prompts", "leave --truncate at error");
    }
  }

  private static EngineException unsupported(String what, String remedy) {
    return bad("an endpoint can't be asked for %s; %s".formatted(what, remedy));
  }

  private static EngineException bad(String message) {
    return new EngineException(ErrorCode.BAD_OPTION, message);
  }

  /** Named by where it is asked, not by what it answers with: that the server doesn't tell. */
  ModelDescription description(ReasoningMarkers markers) {
    return new ModelDescription(
        model, fingerprint(markers), MODE, baseUrl, Integer.MAX_VALUE, Integer.MAX_VALUE, 0);
  }

  /**
   * Markers that were given part the same text in other ways, so the model counts as another; so it
   * does where the server sets itself what is left out.
   */
  private String fingerprint(ReasoningMarkers markers) {
    List<String> parts =
        new ArrayList<>(List.of("openai", baseUrl, model, markers.open(), markers.close()));
    // Nothing where nothing is left out: what was answered before there was the option stays.
    omitted.stream().sorted().map(name -> "without " + name).forEach(parts::add);
    String name = String.join("\n", parts);
    byte[] hash = Hashes.sha256().digest(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash);
  }

  /**
   * How long may go by without an attempt's end: a pause that the server asks for, the request's
   * own after it, and a reply.
   */
  public Duration longestAttempt() {
    return Backoff.LONGEST_PAUSE.plus(Backoff.LONGEST_DELAY).plusSeconds(timeoutSeconds);
  }

  /** Whether a request tells the server this. */
  boolean sends(String name) {
    return !omitted.contains(name);
  }

  /** Whether OpenAI's own models answer, there or on Azure, which know no fields but their own. */
  boolean isOpenAi() {
    String host = "." + URI.create(baseUrl).getHost().toLowerCase(Locale.ROOT);
    return OPEN_AI_HOSTS.stream().anyMatch(host::endsWith);
  }
}

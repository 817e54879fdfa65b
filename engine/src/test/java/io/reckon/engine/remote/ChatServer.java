package io.reckon.engine.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of chat completions that behaves as the prompt asks. The prompt's first word is what
 * goes wrong at the first attempt, and at every one where {@code !} follows it. Of a word such as
 * {@code finish:error} the second part is what the way to go wrong takes.
 */
public final class ChatServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
  private final Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
  private final Map<String, Queue<Long>> arrivals = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final AtomicInteger hangUps = new AtomicInteger();

  private ChatServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::handle);
    server.setExecutor(threads);
  }

  public static ChatServer start() throws IOException {
    ChatServer chat = new ChatServer();
    chat.server.start();
    return chat;
  }

  public String baseUrl() {
    return "http://localhost:" + server.getAddress().getPort() + "/v1";
  }

  /** Every body that came, in order. */
  public List<JsonNode> requests() {
    return List.copyOf(requests);
  }

  public List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /** How often a prompt was sent. */
  public int attempts(String prompt) {
    return attempts.getOrDefault(prompt, 0);
  }

  /** How long after a prompt was sent first it was sent for the second time. */
  Duration firstDelay(String prompt) {
    List<Long> nanos = List.copyOf(arrivals.get(prompt));
    return Duration.ofNanos(nanos.get(1) - nanos.get(0));
  }

  public int mostOpen() {
    return mostOpen.get();
  }

  /** How many connections were closed while they were being answered. */
  int hangUps() {
    return hangUps.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      requests.add(request);
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      authorizations.add(key);
      JsonNode messages = request.path("messages");
      String prompt = messages.path(messages.size() - 1).path("content").asText();
      String way = prompt.split(" ", 2)[0];
      arrivals.computeIfAbsent(prompt, p -> new ConcurrentLinkedQueue<>()).add(System.nanoTime());
      boolean first = attempts.merge(prompt, 1, Integer::sum) == 1;
      answer(exchange, first || way.endsWith("!") ? way.replace("!", "") : "good", prompt, key);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.decrementAndGet();
    }
  }

  private void answer(HttpExchange exchange, String way, String prompt, String key)
      throws IOException, InterruptedException {
    String more = way.substring(way.indexOf(':') + 1);
    switch (way.split(":", 2)[0]) {
      case "busy" -> sendAway(exchange, "1", error("slow down, " + key, "rate_limit_exceeded"));
      case "past" ->
          sendAway(exchange, "Wed, 21 Oct 2015 07:28:00 GMT", error("slow down", "rate_limit"));
      case "limited" -> sendAway(exchange, "1", error("slow down", 429));
      case "wait" -> sendAway(exchange, more, error("slow down", "rate_limit_exceeded"));
      case "numbered" -> send(exchange, Integer.parseInt(more), error("no", Integer.valueOf(more)));
      case "finish" -> send(exchange, 200, completion("", "half", more));
      case "says" -> { // says:FINISH_REASON:CONTENT
        String[] parts = more.split(":", 2);
        send(exchange, 200, completion("", parts[1], parts[0]));
      }
      case "content" -> send(exchange, 200, completionOf(more)); // content:JSON
      case "endless" -> send(exchange, 200, completion("", "good", null));
      case "bare" ->
          send(exchange, 200, completion("", "good", "stop").replace(",\"top_logprobs\":[]", ""));
      case "poor" -> send(exchange, 429, error("pay first", "insufficient_quota"));
      case "broken" -> send(exchange, 500, "<html>oops " + key + "</html>");
      case "away" -> send(exchange, 503, error("overloaded", "overloaded"));
      case "unserved" ->
          send(exchange, Integer.parseInt(more), error("no such model", "model_not_found"));
      case "denied" -> send(exchange, 401, error("Incorrect API key: " + key, "invalid_api_key"));
      case "wrong" -> send(exchange, 400, error("what is this? " + key, "invalid_request"));
      case "long" -> send(exchange, 400, error("too many tokens", "context_length_exceeded"));
      case "filtered" -> send(exchange, 200, completion("", "", "content_filter"));
      case "truncated" -> truncate(exchange);
      case "garbled" -> send(exchange, 200, "{\"choices\": [{\"mess");
      case "empty" -> send(exchange, 200, "{\"choices\": []}");
      case "slow" -> drip(exchange);
      case "marked" ->
          send(exchange, 200, completion("", "<think>hm</think>said " + prompt, "stop"));
      case "cut" -> send(exchange, 200, completion("", "<think>hm, hm", "length"));
      case "chosen" -> send(exchange, 200, completion("hm", "{\"choice\": \"good\"}", "stop"));
      case "silent" -> send(exchange, 200, completion("hm", "", "stop"));
      case "unsaid" -> send(exchange, 200, completion("hm", null, "stop"));
      case "spent" -> send(exchange, 200, completion("hm", "", "length"));
      case "json" -> send(exchange, 200, completion("hm", "{\"n\": 1}", "stop"));
      default -> send(exchange, 200, completion("thought of it", "said " + prompt, "stop"));
    }
  }

  private static void sendAway(HttpExchange exchange, String retryAfter, String body)
      throws IOException {
    exchange.getResponseHeaders().set("Retry-After", retryAfter);
    send(exchange, 429, body);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Announces more than it sends. */
  private static void truncate(HttpExchange exchange) throws IOException {
    byte[] bytes = completion("", "half", "stop").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
    exchange.getResponseBody().flush();
  }

  /** A byte now and then, for ten seconds or until nobody listens. */
  private void drip(HttpExchange exchange) throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (int i = 0; i < 100; i++) {
      try {
        out.write(' ');
        out.flush();
      } catch (IOException e) {
        hangUps.incrementAndGet();
        throw e;
      }
      Thread.sleep(100);
    }
  }

  /**
   * @param code text, or a number, as many servers give it
   */
  private static String error(String message, Object code) {
    return JSON.valueToTree(Map.of("error", Map.of("message", message, "code", code))).toString();
  }

  /** A reply whose content is not a text. */
  private static String completionOf(String contentJson) throws IOException {
    var reply = (ObjectNode) JSON.readTree(completion("", "", "stop"));
    ((ObjectNode) reply.at("/choices/0/message")).set("content", JSON.readTree(contentJson));
    return reply.toString();
  }

  /** A reply of 7 prompt tokens, 2 of them cached, and 10 tokens. */
  private static String completion(String reasoning, String content, String finishReason) {
    var reply = JSON.createObjectNode().put("id", "x").put("object", "chat.completion");
    reply.put("created", 1).put("model", "m");
    var choice = reply.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason);
    var message = choice.putObject("message").put("role", "assistant").put("content", content);
    if (!reasoning.isEmpty()) {
      message.put("reasoning_content", reasoning);
    }
    var logprob = choice.putObject("logprobs").putArray("content").addObject();
    logprob.put("token", "token_id:42").put("logprob", -0.25).putArray("top_logprobs");
    var usage = reply.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 10);
    usage.put("total_tokens", 17);
    usage.putObject("prompt_tokens_details").put("cached_tokens", 2);
    if (!reasoning.isEmpty()) {
      usage.putObject("completion_tokens_details").put("reasoning_tokens", 6);
    }
    return reply.toString();
  }
}

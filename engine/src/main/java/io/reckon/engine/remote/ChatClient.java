package io.reckon.engine.remote;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.LogLevel;
import com.openai.core.Timeout;
import com.openai.errors.OpenAIException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Sends a request once and waits for the reply. Safe for any thread. */
final class ChatClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /** Sent where there is no key: the protocol wants one, and servers without keys read none. */
  private static final String NO_KEY = "none";

  /** Of what the thread sends: the client makes its calls itself, on the thread that asks it. */
  private static final ThreadLocal<Cancellation> SENDING = new ThreadLocal<>();

  private final OpenAIClient client;

  ChatClient(EndpointConfiguration endpoint, Optional<ApiKey> key) {
    Duration limit = Duration.ofSeconds(endpoint.timeoutSeconds());
    this.client =
        OpenAIOkHttpClient.builder()
            .baseUrl(endpoint.baseUrl())
            .apiKey(key.map(ApiKey::reveal).orElse(NO_KEY))
            .timeout(
                Timeout.builder()
                    .connect(limit.compareTo(CONNECT_TIMEOUT) < 0 ? limit : CONNECT_TIMEOUT)
                    .read(limit)
                    .write(limit)
                    .request(limit)
                    .build())
            .maxRetries(0)
            .followRedirects(false)
            .disableTelemetry(true)
            .logLevel(LogLevel.OFF)
            .addInterceptor(ChatClient::watch)
            .build();
  }

  private static Response watch(Interceptor.Chain chain) throws IOException {
    SENDING.get().watch(chain.call());
    return chain.proceed(chain.request());
  }

  /**
   * @param cancellation breaks the call off
   * @throws OpenAIException where there is no reply, or one that tells an error
   */
  ChatCompletion send(ChatCompletionCreateParams request, Cancellation cancellation) {
    SENDING.set(cancellation);
    try {
      return client.chat().completions().create(request);
    } finally {
      SENDING.remove();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}

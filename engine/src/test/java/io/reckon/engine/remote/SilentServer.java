package io.reckon.engine.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes requests and answers none, as a server that is still at work; knows who hangs up on it. */
final class SilentServer implements AutoCloseable {
  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final StringBuilder received = new StringBuilder(); // Guarded by this.
  private final AtomicInteger hangUps = new AtomicInteger();

  private SilentServer() throws IOException {}

  static SilentServer start() throws IOException {
    SilentServer server = new SilentServer();
    server.threads.execute(server::accept);
    return server;
  }

  String baseUrl() {
    return "http://localhost:" + socket.getLocalPort() + "/v1";
  }

  synchronized boolean hasReceived(String text) {
    return received.indexOf(text) >= 0;
  }

  /** How many connections the other side has closed. */
  int hangUps() {
    return hangUps.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        threads.execute(() -> listen(connection));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void listen(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      byte[] bytes = new byte[1 << 16];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        receive(new String(bytes, 0, read, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // A reset is a way to hang up too.
    }
    hangUps.incrementAndGet();
  }

  private synchronized void receive(String text) {
    received.append(text);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}

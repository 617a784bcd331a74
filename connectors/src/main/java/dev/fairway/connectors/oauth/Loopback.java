package dev.fairway.connectors.oauth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Listens on loopback for the one redirect that ends a sign-in (RFC 8252, section 7.3). Safe for many threads. */
public final class Loopback implements AutoCloseable {
  /** The port that applications are usually registered with. */
  public static final int PORT = 16963;

  private static final byte[] PAGE = "You may close this window now.\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServer server;
  private final CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();

  /** @param port 0 for a free one */
  public Loopback(int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot listen on port " + port + ": " + e.getMessage(), e);
    }
    server.createContext("/", this::take);
    server.start();
  }

  /** Where the provider shall send the person. */
  public URI redirect() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
  }

  /**
   * Waits for the redirect.
   *
   * @return its query parameters; empty when none came in time
   */
  public Optional<Map<String, String>> await(Duration limit) throws InterruptedException {
    try {
      return Optional.of(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the redirect could not be read", e);
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String query = exchange.getRequestURI().getRawQuery();
      // A browser asks for more than it was sent to, an icon for one.
      if (!exchange.getRequestMethod().equals("GET") || query == null
          || !exchange.getRequestURI().getPath().equals("/")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(200, PAGE.length);
      exchange.getResponseBody().write(PAGE);
      answer.complete(parse(query));
    }
  }

  static Map<String, String> parse(String query) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String part : query.split("&", -1)) {
      String[] pair = part.split("=", 2);
      values.put(URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
          pair.length == 1 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return values;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

package dev.fairway.node.pair;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A business system that subscribed to its node: confirms the subscription when asked, and notes which messages it was told
 * about. Safe for many threads.
 */
public final class Listener implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpServer server;
  private final Set<String> references = ConcurrentHashMap.newKeySet();
  private final AtomicInteger callbacks = new AtomicInteger();

  public Listener() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  public URI callback() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/told");
  }

  /** The references, {@code CC:ref}, of all messages it was told about: a view that grows with them. */
  public Set<String> references() {
    return Collections.unmodifiableSet(references);
  }

  public int callbacks() {
    return callbacks.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if ("GET".equals(exchange.getRequestMethod())) {
        byte[] challenge = parameter(exchange.getRequestURI().getRawQuery(), "hub.challenge")
            .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(challenge.length == 0 ? 404 : 200, challenge.length == 0 ? -1 : challenge.length);
        exchange.getResponseBody().write(challenge);
        return;
      }
      JsonNode body = JSON.readTree(exchange.getRequestBody());
      callbacks.incrementAndGet();
      if (body.path("sender_ref").isString()) {
        references.add(body.path("sender_ref").stringValue());
      }
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static String parameter(String query, String name) {
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).equals(name)) {
        return URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

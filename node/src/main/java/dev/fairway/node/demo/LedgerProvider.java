package dev.fairway.node.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The service that makes ledgers in the story of requests: one for each idempotency key, none while it is down. For
 * {@link #POISON} it asks for a register of so many pages that whoever draws it up runs out of memory.
 */
final class LedgerProvider implements AutoCloseable {
  static final String POISON = "poison";

  private static final String TOO_MANY_PAGES = "400000000";

  private final HttpServer server;
  private final Map<String, String> made = new ConcurrentHashMap<>();
  private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
  private volatile boolean down;

  LedgerProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ledgers");
  }

  void down() {
    refused.clear();
    down = true;
  }

  void up() {
    down = false;
  }

  int made() {
    return made.size();
  }

  /** Waits until it has refused an order; false when none came within two minutes. */
  boolean awaitRefusal() throws InterruptedException {
    return refused.poll(2, TimeUnit.MINUTES) != null;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String name = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    byte[] body = new byte[0];
    if (down) {
      refused.add(name);
    } else if (name.equals(POISON)) {
      exchange.getResponseHeaders().add("Register-Pages", TOO_MANY_PAGES);
      body = name.getBytes(StandardCharsets.UTF_8);
    } else {
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      body = made.computeIfAbsent(key, _ -> "ledger-of-" + name).getBytes(StandardCharsets.UTF_8);
    }
    exchange.sendResponseHeaders(body.length == 0 ? 503 : 201, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

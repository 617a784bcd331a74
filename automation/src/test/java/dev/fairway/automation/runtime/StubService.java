package dev.fairway.automation.runtime;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A service on the web that answers as its test says, and remembers what it was asked. */
final class StubService implements AutoCloseable {
  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** @param authorization that header, empty when there was none */
  record Asked(String path, String authorization, String body) {}

  record Told(int status, String body) {}

  StubService(Function<Asked, Told> answers) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      var call = new Asked(exchange.getRequestURI().getPath(), authorization == null ? "" : authorization,
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      asked.add(call);
      Told told = answers.apply(call);
      byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(told.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Every call so far. */
  List<Asked> asked() {
    return List.copyOf(asked);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

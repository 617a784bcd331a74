package dev.fairway.evm.rpc;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A provider in front of a real node that answers badly when told to. */
public final class FlakyNode implements AutoCloseable {
  /** An answer in place of the node's. */
  public record Bad(int status, String body) {}

  private final HttpServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Function<String, Optional<Bad>> weather = request -> Optional.empty();

  public FlakyNode(URI node) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
      asked.incrementAndGet();
      byte[] request = exchange.getRequestBody().readAllBytes();
      Optional<Bad> bad = weather.apply(new String(request, StandardCharsets.UTF_8));
      int status = bad.map(Bad::status).orElse(200);
      byte[] answer = bad.isPresent() ? bad.get().body().getBytes(StandardCharsets.UTF_8) : pass(node, request);
      exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }

  private byte[] pass(URI node, byte[] request) throws IOException {
    try {
      return http.send(HttpRequest.newBuilder(node).header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(request)).build(), BodyHandlers.ofByteArray()).body();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Decides from the request's text whether to answer badly. */
  public void weather(Function<String, Optional<Bad>> decide) {
    weather = decide;
  }

  public void fair() {
    weather = request -> Optional.empty();
  }

  public int asked() {
    return asked.get();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v3/secret-api-key");
  }

  @Override
  public void close() {
    server.stop(0);
    http.close();
  }
}

package dev.fairway.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A service with one bucket in memory that fails when it is told to, as real ones do: by the statuses and codes of the S3
 * API. It checks no signatures and knows whole objects only.
 */
public final class FaultyBucket implements AutoCloseable {
  /** The ways it can be. */
  public enum Weather {
    WELL, FULL, QUOTA, FORBIDDEN, ELSEWHERE, DOWN, SLOW,
    /** Two writes meet others; those after them do not. */
    RACED
  }

  private static final String NAME = "harbour";

  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer server;
  private volatile Weather weather = Weather.WELL;
  private final AtomicInteger met = new AtomicInteger();

  private FaultyBucket(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public static FaultyBucket start() {
    try {
      return new FaultyBucket(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on it is so. */
  public void weather(Weather now) {
    weather = now;
  }

  public S3Config config() {
    return new S3Config(Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())), "us-east-1", NAME,
        "", Optional.of(new S3Config.Credentials("somebody", new Secret("a secret"))));
  }

  private void handle(HttpExchange call) throws IOException {
    try (call) {
      byte[] body = body(call);
      switch (weather) {
        case WELL -> answer(call, body);
        case FULL -> answer(call, body, 507, "XMinioStorageFull");
        case QUOTA -> answer(call, body, 403, "QuotaExceeded");
        case FORBIDDEN -> fail(call, 403, "InvalidAccessKeyId");
        case ELSEWHERE -> {
          call.getResponseHeaders().set("x-amz-bucket-region", "ap-southeast-2");
          fail(call, 301, "PermanentRedirect");
        }
        case RACED -> {
          if (met.getAndIncrement() < 2) {
            answer(call, body, 409, "ConditionalRequestConflict");
          } else {
            answer(call, body);
          }
        }
        case SLOW -> await();
        case DOWN -> {
          // The connection is closed without an answer.
        }
      }
    }
  }

  /* A signed stream comes in chunks, each with its length in hexadecimal and a signature before it. */
  private static byte[] body(HttpExchange call) throws IOException {
    byte[] sent = call.getRequestBody().readAllBytes();
    String hash = call.getRequestHeaders().getFirst("x-amz-content-sha256");
    if (hash == null || !hash.startsWith("STREAMING-")) {
      return sent;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String text = new String(sent, ISO_8859_1);
    int at = 0;
    for (int size = size(text, at); size > 0; size = size(text, at)) {
      int from = text.indexOf("\r\n", at) + 2;
      body.write(sent, from, size);
      at = from + size + 2;
    }
    return body.toByteArray();
  }

  private static int size(String chunks, int at) {
    return Integer.parseInt(chunks.substring(at, chunks.indexOf(';', at)), 16);
  }

  private void await() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What reads is answered all the same. */
  private void answer(HttpExchange call, byte[] body, int status, String code) throws IOException {
    if (call.getRequestMethod().equals("PUT")) {
      fail(call, status, code);
    } else {
      answer(call, body);
    }
  }

  private void answer(HttpExchange call, byte[] body) throws IOException {
    String path = call.getRequestURI().getPath().substring(1);
    if (path.equals(NAME)) {
      call.sendResponseHeaders(200, -1);
      return;
    }
    switch (call.getRequestMethod()) {
      case "PUT" -> {
        objects.put(path, body);
        call.getResponseHeaders().set("ETag", "\"0\"");
        call.sendResponseHeaders(200, -1);
      }
      case "DELETE" -> {
        objects.remove(path);
        call.sendResponseHeaders(204, -1);
      }
      default -> give(call, objects.get(path));
    }
  }

  private static void give(HttpExchange call, byte @Nullable [] object) throws IOException {
    if (object == null) {
      fail(call, 404, "NoSuchKey");
    } else if (call.getRequestMethod().equals("HEAD")) {
      call.getResponseHeaders().set("Content-Length", Integer.toString(object.length));
      call.sendResponseHeaders(200, -1);
    } else {
      call.sendResponseHeaders(200, object.length == 0 ? -1 : object.length);
      call.getResponseBody().write(object);
    }
  }

  private static void fail(HttpExchange call, int status, String code) throws IOException {
    byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code><Message>" + code
        + "</Message></Error>").getBytes(UTF_8);
    if (call.getRequestMethod().equals("HEAD")) {
      call.sendResponseHeaders(status, -1);
    } else {
      call.getResponseHeaders().set("Content-Type", "application/xml");
      call.sendResponseHeaders(status, body.length);
      call.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.close();
  }
}

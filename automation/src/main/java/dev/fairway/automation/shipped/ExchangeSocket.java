package dev.fairway.automation.shipped;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Text over a WebSocket, at the reader's pace: a message is asked for when the one before it was taken, so that a slow reader
 * holds the other side back. One thread at a time uses it; any may close it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455, The WebSocket Protocol</a>
 */
final class ExchangeSocket implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  /** Silence after which the other side is asked for a sign of life; after twice that it is taken for gone. */
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final int LONGEST = 1 << 20;

  /** A message, or why there will be none. */
  private record Came(@Nullable String text, @Nullable String end) {}

  private final StringBuilder parts = new StringBuilder();
  private final BlockingQueue<Came> inbox = new LinkedBlockingQueue<>();
  private volatile long heard = System.nanoTime();
  private volatile @Nullable WebSocket socket;
  private volatile @Nullable String end;

  private ExchangeSocket() {}

  static ExchangeSocket open(URI url) throws IOException, InterruptedException {
    var opened = new ExchangeSocket();
    CompletableFuture<WebSocket> step = CLIENT.newWebSocketBuilder().connectTimeout(LIMIT).buildAsync(url, opened);
    try {
      opened.socket = done(step, "connect");
      return opened;
    } catch (IOException | InterruptedException e) {
      // One that is there only now nobody would use or close.
      CompletableFuture<Void> _ = step.thenAccept(WebSocket::abort);
      throw e;
    }
  }

  /** Whether nothing is known to have ended it. */
  boolean isOpen() {
    return end == null;
  }

  void send(String text) throws IOException, InterruptedException {
    done(connected().sendText(text, true), "send");
  }

  /**
   * The next message; empty when none came in time.
   *
   * @throws IOException when the connection has ended, or the other side is silent for too long
   */
  Optional<String> receive(Duration wait) throws IOException, InterruptedException {
    Came next = inbox.poll(Math.min(wait.toNanos(), SILENCE.toNanos()), TimeUnit.NANOSECONDS);
    if (next == null) {
      probe();
      return Optional.empty();
    }
    if (next.text() == null) {
      inbox.add(next);
      throw new IOException(next.end());
    }
    connected().request(1);
    return Optional.of(next.text());
  }

  private void probe() throws IOException, InterruptedException {
    long silence = System.nanoTime() - heard;
    if (silence > 2 * SILENCE.toNanos()) {
      throw new IOException("nothing was heard for " + SILENCE.multipliedBy(2));
    }
    if (silence > SILENCE.toNanos()) {
      done(connected().sendPing(ByteBuffer.allocate(0)), "ping");
    }
  }

  private WebSocket connected() throws IOException {
    WebSocket open = socket;
    if (open == null) {
      throw new IOException("not connected");
    }
    return open;
  }

  private static <T> T done(CompletableFuture<T> step, String what) throws IOException, InterruptedException {
    try {
      return step.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException("cannot " + what + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IOException("cannot " + what + " within " + LIMIT, e);
    }
  }

  private void ended(String why) {
    end = why;
    inbox.add(new Came(null, why));
  }

  @Override
  public void onOpen(WebSocket opened) {
    opened.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    heard = System.nanoTime();
    if (parts.length() + part.length() > LONGEST) {
      ended("a message has more than " + LONGEST + " characters");
      from.abort();
      return null;
    }
    parts.append(part);
    if (last) {
      inbox.add(new Came(parts.toString(), null));
      parts.setLength(0);
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    heard = System.nanoTime();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    ended("the other side closed the connection: " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    ended("the connection broke: " + error);
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      end = "closed";
      open.abort();
    }
  }
}

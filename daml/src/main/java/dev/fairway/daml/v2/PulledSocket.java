package dev.fairway.daml.v2;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket whose messages are pulled: the next is asked for when one is taken, so that a slow reader holds the server
 * back. One thread reads; any may close.
 */
final class PulledSocket implements WebSocket.Listener, AutoCloseable {
  /** Silence after which the other side is asked whether it is still there; after twice that, it is not. */
  private static final Duration PING = Duration.ofSeconds(20);

  /** What came. */
  sealed interface Signal {
    record Message(String text) implements Signal {}

    record Failed(Throwable cause) implements Signal {}

    record Done(int code, String reason) implements Signal {}
  }

  private final int limit;
  private final StringBuilder parts = new StringBuilder();
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile @Nullable WebSocket socket;
  private volatile long heard = System.nanoTime();
  private volatile long asked;

  PulledSocket(int limit) {
    this.limit = limit;
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    opened.request(2);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    heard = System.nanoTime();
    if (parts.length() + part.length() > limit) {
      signals.add(new Signal.Failed(new IllegalStateException("a message has more than " + limit + " characters")));
      from.abort();
      return null;
    }
    parts.append(part);
    if (last) {
      signals.add(new Signal.Message(parts.toString()));
      parts.setLength(0);
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    heard = System.nanoTime();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    heard = System.nanoTime();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    signals.add(new Signal.Failed(new IllegalStateException("a binary message came where text was due")));
    from.abort();
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    signals.add(new Signal.Done(code, reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    signals.add(new Signal.Failed(error));
  }

  /** The next signal; empty when the time is over. */
  Optional<Signal> poll(Duration wait) throws InterruptedException {
    Signal signal = signals.poll(Math.min(wait.toNanos(), PING.toNanos()), TimeUnit.NANOSECONDS);
    WebSocket open = socket;
    if (open != null) {
      if (signal instanceof Signal.Message) {
        open.request(1);
      } else if (signal == null) {
        probe(open);
      }
    }
    return Optional.ofNullable(signal);
  }

  private void probe(WebSocket open) {
    long now = System.nanoTime();
    if (now - heard > 2 * PING.toNanos()) {
      signals.add(new Signal.Failed(new IllegalStateException("nothing was heard for " + PING.multipliedBy(2))));
      open.abort();
    } else if (now - heard > PING.toNanos() && now - asked > PING.toNanos()) {
      asked = now;
      // Whether it went out shows in what comes back.
      var _ = open.sendPing(ByteBuffer.allocate(0));
    }
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}

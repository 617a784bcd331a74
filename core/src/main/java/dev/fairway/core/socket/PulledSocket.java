package dev.fairway.core.socket;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket whose messages are pulled: the next is asked for when one is taken, so that a slow reader holds the other side
 * back. A reader that waits in vain, when nothing was heard for more than 20 seconds, asks the other side for a sign of life;
 * when none comes within another 20 seconds, the connection has failed. A reader that stays away for long loses nothing by
 * it: silence ends a connection only when it follows a question. One thread reads; any may close.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455, The WebSocket Protocol</a>
 */
public final class PulledSocket implements WebSocket.Listener, AutoCloseable {
  static final Duration SILENCE = Duration.ofSeconds(20);

  /** What came. */
  public sealed interface Signal {
    /** A whole message. */
    record Message(String text) implements Signal {}

    /** The connection broke, or brought what it must not. Nothing follows, and every further look tells the same. */
    record Failed(Throwable cause) implements Signal {}

    /** The other side closed the connection. Nothing follows, and every further look tells the same. */
    record Done(int code, String reason) implements Signal {}
  }

  private final int limit;
  private final LongSupplier nanoTime;
  private final StringBuilder parts = new StringBuilder();
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile @Nullable WebSocket socket;
  private volatile boolean ended;
  private volatile long heard;
  private volatile long asked;

  /** @param limit most characters of a message; with a longer one the connection has failed */
  public PulledSocket(int limit) {
    this(limit, System::nanoTime);
  }

  /** @param nanoTime as {@link System#nanoTime} */
  PulledSocket(int limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    heard = nanoTime.getAsLong();
    asked = heard;
  }

  /** Whether it is connected, as far as is known. */
  public boolean isOpen() {
    return socket != null && !ended;
  }

  @Override
  public void onOpen(WebSocket opened) {
    heard = nanoTime.getAsLong();
    socket = opened;
    if (ended) {
      opened.abort();
    } else {
      opened.request(2);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    heard = nanoTime.getAsLong();
    if (parts.length() + part.length() > limit) {
      tell(new Signal.Failed(new IllegalStateException("a message has more than " + limit + " characters")));
      from.abort();
      return null;
    }
    parts.append(part);
    if (last) {
      tell(new Signal.Message(parts.toString()));
      parts.setLength(0);
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    heard = nanoTime.getAsLong();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    heard = nanoTime.getAsLong();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    tell(new Signal.Failed(new IllegalStateException("a binary message came where text was due")));
    from.abort();
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    tell(new Signal.Done(code, reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    tell(new Signal.Failed(error));
  }

  /** What comes after an end, be it another end, is not told: a reader and whoever closes may come to one at the same time. */
  private synchronized void tell(Signal signal) {
    if (!ended) {
      ended = !(signal instanceof Signal.Message);
      signals.add(signal);
    }
  }

  /** The next signal; empty when the time is over, which may be before {@code wait} is. */
  public Optional<Signal> poll(Duration wait) throws InterruptedException {
    Signal signal = signals.poll(Math.min(wait.toNanos(), SILENCE.toNanos()), TimeUnit.NANOSECONDS);
    WebSocket open = socket;
    switch (signal) {
      case Signal.Message _ when open != null -> open.request(1);
      case Signal.Failed _,Signal.Done _ -> signals.add(signal);
      case null -> probe(open);
      default -> {
      }
    }
    return Optional.ofNullable(signal);
  }

  private void probe(@Nullable WebSocket open) {
    if (open == null || ended) {
      return;
    }
    long now = nanoTime.getAsLong();
    boolean unanswered = asked - heard > 0;
    if (now - (unanswered ? asked : heard) <= SILENCE.toNanos()) {
      return;
    }
    if (unanswered) {
      tell(new Signal.Failed(new IllegalStateException(
          "a sign of life was asked for and none came within " + SILENCE.toSeconds() + " s")));
      open.abort();
    } else {
      asked = now;
      // Whether it went out shows in what comes back.
      var _ = open.sendPing(ByteBuffer.allocate(0));
    }
  }

  /**
   * Ends the connection at once, without a word to the other side; one that is not open yet ends when it opens. A reader that
   * waits is told.
   */
  @Override
  public void close() {
    tell(new Signal.Failed(new IllegalStateException("the connection was closed")));
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}

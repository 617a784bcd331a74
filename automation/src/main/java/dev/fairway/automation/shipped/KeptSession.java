package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A session with the exchange for one talk at a time: opened when it is needed, kept for the next talk, and closed after a
 * quiet minute or when its owner closes it. A talk that fails takes its session with it. Safe for many threads.
 */
final class KeptSession implements AutoCloseable {
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final Environment<ExchangeGateway.Settings> env;
  private final ReentrantLock turn = new ReentrantLock();
  /* Between two talks: the session, and who closes it if no other talk comes. */
  private @Nullable ExchangeSession idle;
  private @Nullable Thread watch;
  private boolean closed;

  KeptSession(Environment<ExchangeGateway.Settings> env) {
    this.env = env;
  }

  /** Something done over the session. */
  @FunctionalInterface
  interface Talk<T> {
    T over(ExchangeSession session) throws IOException, InterruptedException;
  }

  /** Talks, when it is its turn. After {@link #close} too, over a session of its own. */
  <T> T talk(Talk<T> talk) throws IOException, InterruptedException {
    turn.lockInterruptibly();
    try {
      ExchangeSession session = taken();
      boolean kept = false;
      try {
        T said = talk.over(session);
        kept = keep(session);
        return said;
      } finally {
        if (!kept) {
          session.close();
        }
      }
    } finally {
      turn.unlock();
    }
  }

  private ExchangeSession taken() throws IOException, InterruptedException {
    ExchangeSession known = take();
    if (known != null && known.isOpen()) {
      return known;
    }
    if (known != null) {
      known.close();
    }
    return ExchangeSession.open(env);
  }

  private synchronized @Nullable ExchangeSession take() {
    ExchangeSession known = idle;
    idle = null;
    if (watch != null) {
      watch.interrupt();
      watch = null;
    }
    return known;
  }

  private synchronized boolean keep(ExchangeSession session) {
    if (closed) {
      return false;
    }
    idle = session;
    watch = Thread.ofVirtual().name("exchange-quiet").start(() -> closeWhenQuiet(session));
    return true;
  }

  private void closeWhenQuiet(ExchangeSession session) {
    try {
      Thread.sleep(QUIET);
      closeIfIdle(session);
    } catch (InterruptedException e) {
      // Another talk has it, or it is closed.
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void closeIfIdle(ExchangeSession session) {
    if (session.equals(idle)) {
      idle = null;
      watch = null;
      session.close();
    }
  }

  /** Closes the session, or lets the talk under way do that at its end; no other is kept. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    ExchangeSession known = take();
    if (known != null) {
      known.close();
    }
  }
}

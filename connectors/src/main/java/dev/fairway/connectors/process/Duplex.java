package dev.fairway.connectors.process;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to a program and listens to it at the same time: one that answers at once must not fill its pipe while it is still
 * spoken to, or both sides wait for ever.
 */
public final class Duplex {
  private Duplex() {}

  /**
   * Returns when both have returned. When one throws, the program is killed, which ends the other too.
   *
   * @param speak runs on a thread of its own
   * @param listen runs on the caller's
   * @throws Exception what was thrown first
   */
  public static void run(Session session, Part speak, Part listen) throws Exception {
    AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
    Thread speaker = Thread.ofVirtual().name("speaks to " + session.child()).start(() -> run(session, speak, first));
    run(session, listen, first);
    speaker.join();
    switch (first.get()) {
      case null -> {
        // Both have returned.
      }
      case Exception e -> throw e;
      case Throwable e -> throw new IllegalStateException("cannot go on with " + session.child() + ": " + e, e);
    }
  }

  private static void run(Session session, Part part, AtomicReference<@Nullable Throwable> first) {
    try {
      part.run();
    } catch (Throwable e) {
      // An error, too: the other side would wait for ever.
      first.compareAndSet(null, e);
      session.kill();
    }
  }

  /** One direction. */
  public interface Part {
    void run() throws Exception;
  }
}

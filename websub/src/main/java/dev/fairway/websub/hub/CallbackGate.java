package dev.fairway.websub.hub;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps one callback from costing others anything: bounds how many calls to it are under way, and pauses it while it
 * fails. Safe for many threads.
 */
final class CallbackGate {
  /* The bound grows by one with each quick success and halves with each failure or slow success, as TCP's window does: a
   * healthy callback gets its share of the workers, a hanging one soon holds a single one. After FAILURES failures in a
   * row it is paused, twice as long each time; then one call tries it. Whoever finds the gate full waits a moment while the
   * callback is answering, because a turn is near and to come back costs two commits; otherwise he is told when to come
   * back, each a little later than the one before, so that a long queue comes back once and not all at a time. */
  static final int FIRST_WINDOW = 8;
  static final int MAX_WINDOW = 32;
  static final int FAILURES = 5;
  static final Duration SLOW = Duration.ofSeconds(1);
  static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
  private static final Duration SPACING = Duration.ofMillis(1);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(200);
  /** How long whoever finds it full waits, and how long ago the last success may be for that. */
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final int MOST_WAITING = 96;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final AtomicInteger visitors = new AtomicInteger();
  private int waiting;
  private Instant lastSuccess = Instant.MIN;

  private int window = FIRST_WINDOW;
  private int underWay;
  private int failuresInARow;
  private Duration pause = FIRST_PAUSE;
  private Instant pausedUntil = Instant.MIN;
  private Instant nextTurn = Instant.MIN;

  /** Whether a call may be made now. */
  sealed interface Entry {
    /** It may; {@link CallbackGate#leave} must follow. */
    record Open() implements Entry {}

    /** The callback has as many calls as it bears. */
    record Full(Duration comeBack) implements Entry {}

    /** The callback failed too often. */
    record Paused(Duration comeBack) implements Entry {}
  }

  /** Somebody is about to enter; until {@link #left}, the gate must not be forgotten. */
  void comes() {
    visitors.incrementAndGet();
  }

  /** Whoever {@linkplain #comes came} is gone. */
  void left() {
    visitors.decrementAndGet();
  }

  /** Enters, if need be after a short wait. */
  Entry enter(InstantSource clock) throws InterruptedException {
    long patience = PATIENCE.toNanos();
    lock.lock();
    try {
      while (true) {
        Instant now = clock.instant();
        if (now.isBefore(pausedUntil) || hasRoom() || patience <= 0 || waiting >= MOST_WAITING
            || !answering(now)) {
          return enter(now);
        }
        waiting++;
        try {
          patience = room.awaitNanos(patience);
        } finally {
          waiting--;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Enters, or says at once when to come back. */
  Entry enter(Instant now) {
    lock.lock();
    try {
      if (now.isBefore(pausedUntil)) {
        return new Entry.Paused(turn(now, Duration.between(now, pausedUntil)));
      }
      if (!hasRoom()) {
        return new Entry.Full(turn(now, SHORTEST_WAIT));
      }
      underWay++;
      return new Entry.Open();
    } finally {
      lock.unlock();
    }
  }

  private boolean answering(Instant now) {
    return now.minus(PATIENCE).isBefore(lastSuccess);
  }

  private boolean hasRoom() {
    return underWay < (failuresInARow >= FAILURES ? 1 : window);
  }

  private Duration turn(Instant now, Duration least) {
    Instant earliest = now.plus(least);
    Instant next = nextTurn.plus(SPACING);
    nextTurn = next.isBefore(earliest) ? earliest : next;
    return Duration.between(now, nextTurn);
  }

  /** A call has ended. */
  void leave(boolean success, Duration took, Instant now) {
    lock.lock();
    try {
      underWay--;
      if (success) {
        succeeded(took, now);
      } else {
        failed(now);
      }
    } finally {
      lock.unlock();
    }
  }

  private void succeeded(Duration took, Instant now) {
    failuresInARow = 0;
    pause = FIRST_PAUSE;
    pausedUntil = Instant.MIN;
    lastSuccess = now;
    window = took.compareTo(SLOW) < 0 ? Math.min(MAX_WINDOW, window + 1) : Math.max(1, window / 2);
    room.signal();
    room.signal();
  }

  private void failed(Instant now) {
    window = Math.max(1, window / 2);
    failuresInARow++;
    // Calls that were under way when the pause began end in the same trouble, and must not stretch it.
    if (failuresInARow >= FAILURES && !now.isBefore(pausedUntil)) {
      pausedUntil = now.plus(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
    room.signalAll();
  }

  /** Whether forgetting it loses nothing. */
  boolean idle(Instant now) {
    lock.lock();
    try {
      return visitors.get() == 0 && underWay == 0 && failuresInARow == 0 && nextTurn.isBefore(now);
    } finally {
      lock.unlock();
    }
  }
}

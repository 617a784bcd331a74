package dev.fairway.connectors.ingest;

import dev.fairway.web.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Between those who post and the session that takes in. Bounded: whoever comes when it is full is to come again. Safe for many threads. */
final class Inlet {
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_TAKEN = 500;
  /* What waits may be large; together no more than this. */
  private static final long MOST_BYTES = 64L << 20;

  private final BlockingQueue<Delivery> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private long bytes;
  private boolean closed;

  /** @throws Problem 503 when it is full or its session has ended */
  synchronized void offer(Delivery delivery) {
    if (closed) {
      throw Inlets.unavailable("the capture is not running just now");
    }
    if (bytes + delivery.json().length > MOST_BYTES || !waiting.offer(delivery)) {
      throw Inlets.unavailable("too many deliveries are waiting");
    }
    bytes += delivery.json().length;
  }

  /** What waits, up to a bound; empty when nothing came in time. */
  List<Delivery> take(Duration wait) throws InterruptedException {
    List<Delivery> taken = new ArrayList<>();
    Delivery first = waiting.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    if (first != null) {
      taken.add(first);
      waiting.drainTo(taken, MOST_TAKEN - 1);
    }
    release(taken);
    return taken;
  }

  private synchronized void release(List<Delivery> taken) {
    taken.forEach(delivery -> bytes -= delivery.json().length);
  }

  /** Sends those who wait away; they are to come again. */
  synchronized void close() {
    closed = true;
    List<Delivery> left = new ArrayList<>();
    waiting.drainTo(left);
    left.forEach(delivery -> delivery.done().completeExceptionally(
        Inlets.unavailable("the capture was stopped before the delivery was taken in")));
  }
}

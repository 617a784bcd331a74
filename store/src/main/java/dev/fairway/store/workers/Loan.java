package dev.fairway.store.workers;

import dev.fairway.core.work.WorkQueue.Lease;
import java.time.Duration;

/**
 * A piece of work that is with a thread of this process, or waits in its row. The thread and whoever renews the lease decide,
 * once, whether it begins or is lost before. Safe for many threads.
 */
final class Loan {
  private enum State {
    WAITS, RUNS, ENDED, LOST
  }

  private final Lease lease;
  private final Duration kindLease;
  private final Thread thread;
  private final long startedNanos = System.nanoTime();
  private State state = State.WAITS;

  Loan(Lease lease, Duration kindLease, Thread thread) {
    this.lease = lease;
    this.kindLease = kindLease;
    this.thread = thread;
  }

  Lease lease() {
    return lease;
  }

  Duration kindLease() {
    return kindLease;
  }

  boolean is(Lease other) {
    return lease.attempt() == other.attempt();
  }

  /** Whether a third of its lease is over. */
  boolean wantsRenewal(long nowNanos) {
    return nowNanos - startedNanos > kindLease.toNanos() / 3;
  }

  /** Its thread comes to it; false when it was lost before. */
  synchronized boolean begins() {
    return leaves(State.RUNS);
  }

  /** Its lease is lost; false when it had begun. */
  synchronized boolean isLostBefore() {
    return leaves(State.LOST);
  }

  private boolean leaves(State next) {
    boolean waits = state == State.WAITS;
    state = waits ? next : state;
    return waits;
  }

  /** Its thread is done with it. From here on no interrupt that was meant for it reaches what the thread does next. */
  synchronized void ends() {
    state = State.ENDED;
    var _ = Thread.interrupted();
  }

  /** Interrupts its thread, unless that is done with it. */
  synchronized void interrupt() {
    if (state != State.ENDED) {
      thread.interrupt();
    }
  }
}

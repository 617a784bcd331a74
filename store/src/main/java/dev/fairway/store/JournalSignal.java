package dev.fairway.store;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes those who wait for the journal to grow. */
final class JournalSignal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private long end;

  void reached(long offset) {
    lock.lock();
    try {
      if (offset > end) {
        end = offset;
        grown.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean await(long after, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (end <= after) {
        if (left <= 0) {
          return false;
        }
        left = grown.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}

package dev.fairway.connectors.collection;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Pieces of memory that spools take and give back, because fresh memory costs more than what is written into it. Keeps at most so much that is not in
 * use; does not bound what is. Safe for many threads.
 */
public final class SpoolMemory implements AutoCloseable {
  static final int PIECE = 1 << 16;

  private final BlockingQueue<byte[]> free;
  private volatile boolean closed;

  /** @param kept most bytes kept for the next who needs them */
  public SpoolMemory(int kept) {
    free = new LinkedBlockingQueue<>(Math.max(1, kept / PIECE));
  }

  /** {@value #PIECE} bytes of any content. */
  byte[] take() {
    byte[] used = free.poll();
    return used != null ? used : new byte[PIECE];
  }

  void give(byte[] piece) {
    // When there is enough already, this one is the collector's.
    var _ = !closed && free.offer(piece);
  }

  /** Keeps nothing from now on: whoever still knows this one holds no memory by it. */
  @Override
  public void close() {
    closed = true;
    free.clear();
  }
}

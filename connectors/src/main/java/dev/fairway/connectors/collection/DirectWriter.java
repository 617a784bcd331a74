package dev.fairway.connectors.collection;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes into a file from a place on, whole blocks straight to the device and the rest by the page cache. What is written
 * much and soon synced costs the kernel several times as much processor when it goes by the cache. What has to be aligned,
 * and how, is in <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>, {@code O_DIRECT}. Belongs to
 * one thread; holds {@value #BUFFER} bytes outside the heap until it is closed.
 */
final class DirectWriter implements Spool.Target, AutoCloseable {
  static final int BUFFER = 1 << 23;

  private final FileChannel cached;
  private final FileChannel direct;
  private final int block;
  private final Arena arena = Arena.ofConfined();
  private final ByteBuffer buffer;
  private long position;

  /**
   * @param direct the same file, opened for direct writing
   * @param block the size of its file store's blocks: what is written directly begins and ends between two of them, in the
   * file and in memory; a divisor of {@link #BUFFER}
   */
  DirectWriter(FileChannel cached, FileChannel direct, int block, long position) {
    this.cached = cached;
    this.direct = direct;
    this.block = block;
    this.position = position;
    buffer = arena.allocate(BUFFER, block).asByteBuffer();
    // The rest of a block that others began comes first, so that what follows it is aligned.
    buffer.limit(block - (int) (position % block));
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int fits = Math.min(bytes.remaining(), buffer.remaining());
      buffer.put(bytes.slice(bytes.position(), fits));
      bytes.position(bytes.position() + fits);
      if (!buffer.hasRemaining()) {
        drain();
      }
    }
  }

  /** Writes what is held; nothing may be written after it. */
  void finish() throws IOException {
    drain();
  }

  private void drain() throws IOException {
    buffer.flip();
    int end = buffer.limit();
    if (position % block == 0) {
      buffer.limit(end - end % block);
      drain(direct);
      buffer.limit(end);
    }
    drain(cached);
    buffer.clear();
  }

  private void drain(FileChannel file) throws IOException {
    while (buffer.hasRemaining()) {
      position += file.write(buffer, position);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}

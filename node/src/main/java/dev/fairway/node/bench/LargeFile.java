package dev.fairway.node.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A large file to send, what copying it costs, and what it costs a process in memory. */
final class LargeFile {
  static final int MEBIBYTE = 1 << 20;

  private LargeFile() {}

  /** Fills a file with bytes that do not compress. */
  static Path fill(Path file, int mebibytes) throws IOException {
    byte[] block = new byte[MEBIBYTE];
    RandomGenerator random = RandomGenerator.getDefault();
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    return file;
  }

  /** Mebibytes a second of a copy that is on the disk when it ends. */
  static double copySynced(Path from, Path to) throws IOException {
    long start = System.nanoTime();
    long bytes = 0;
    try (FileChannel in = FileChannel.open(from);
        FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE,
            StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(MEBIBYTE);
      while (in.read(buffer.clear()) >= 0) {
        bytes += out.write(buffer.flip());
      }
      out.force(true);
    }
    double rate = rate(bytes, start);
    Files.delete(to);
    return rate;
  }

  /** Mebibytes a second since a time. */
  static double rate(long bytes, long startNanos) {
    return bytes / (double) MEBIBYTE / ((System.nanoTime() - startNanos) / 1e9);
  }

  /** The most resident memory a process takes while this is open, in mebibytes. */
  static final class Memory implements AutoCloseable {
    private final long before;
    private final AtomicLong peak;
    private final Thread watch;

    Memory(long pid) {
      before = Machine.residentMebibytes(pid);
      peak = new AtomicLong(before);
      watch = Thread.ofVirtual().start(() -> {
        try {
          while (true) {
            peak.accumulateAndGet(Machine.residentMebibytes(pid), Math::max);
            Thread.sleep(20);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }

    /** Against 64 MiB. */
    Figure figure(String what) {
      return Figure.atMost("memory over idle while it " + what + ", against 64 MiB", (peak.get() - before) + " MiB",
          "64 MiB", (peak.get() - before) / 64.0, 1);
    }

    @Override
    public void close() {
      watch.interrupt();
    }
  }
}

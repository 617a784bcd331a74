package dev.fairway.connectors.collection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Documents of one transaction for one collection, one a line, waiting to be committed. Held in memory up to a limit and in
 * a file beyond it, so a transaction of any size needs bounded memory. Belongs to one thread at a time.
 */
public final class Spool implements AutoCloseable {
  private final Path dir;
  private final int memory;
  private byte[] buffer = new byte[4096];
  private int used;
  private long spilled;
  private long documents;
  private @Nullable FileChannel file;

  /**
   * @param dir where a file is made when it is needed
   * @param memory most bytes held in memory, apart from the last document
   */
  public Spool(Path dir, int memory) {
    this.dir = dir;
    this.memory = memory;
  }

  /** Appends bytes of a document. */
  public void write(byte[] bytes, int from, int to) {
    int length = to - from;
    require(length);
    System.arraycopy(bytes, from, buffer, used, length);
    used += length;
  }

  /** Appends bytes of a document. */
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /** Ends the document. */
  public void endDocument() {
    require(1);
    buffer[used++] = '\n';
    documents++;
    if (used >= memory) {
      spill();
    }
  }

  public long bytes() {
    return spilled + used;
  }

  public long documents() {
    return documents;
  }

  public boolean isEmpty() {
    return documents == 0;
  }

  /** Writes everything at a place of a file. */
  void writeTo(FileChannel target, long position) throws IOException {
    long at = position;
    if (file != null) {
      long from = 0;
      while (from < spilled) {
        file.position(from);
        long moved = target.transferFrom(file, at, spilled - from);
        if (moved <= 0) {
          throw new IOException("the spool is " + from + " bytes long and should be " + spilled);
        }
        from += moved;
        at += moved;
      }
    }
    ByteBuffer rest = ByteBuffer.wrap(buffer, 0, used);
    while (rest.hasRemaining()) {
      at += target.write(rest, at);
    }
  }

  /** Makes it empty, to be used again. */
  public void clear() {
    used = 0;
    spilled = 0;
    documents = 0;
    if (buffer.length > 1 << 22) {
      buffer = new byte[1 << 16];
    }
    closeFile();
  }

  private void require(int length) {
    if (used + length > buffer.length) {
      buffer = Arrays.copyOf(buffer,
          Math.max(used + length, (int) Math.min(buffer.length * 2L, Integer.MAX_VALUE - 8)));
    }
  }

  private void spill() {
    try {
      if (file == null) {
        Files.createDirectories(dir);
        file = FileChannel.open(Files.createTempFile(dir, "spool-", ".jsonl"), StandardOpenOption.READ,
            StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
      }
      ByteBuffer content = ByteBuffer.wrap(buffer, 0, used);
      long at = spilled;
      while (content.hasRemaining()) {
        at += file.write(content, at);
      }
      spilled = at;
      used = 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot spill a transaction to " + dir, e);
    }
  }

  private void closeFile() {
    FileChannel open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove a spool in " + dir, e);
      }
    }
  }

  @Override
  public void close() {
    closeFile();
  }
}

package dev.fairway.connectors.collection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Documents of one transaction for one collection, one a line, waiting to be committed. Held in memory up to a limit and in
 * a file beyond it, so a transaction of any size needs bounded memory. Belongs to one thread at a time.
 */
public final class Spool implements AutoCloseable {
  /* What is copied when a spool is packed: little beside what it cost to make it. */
  private static final int SMALL = SpoolMemory.PIECE / 8;

  private final Path dir;
  private final int memory;
  private final SpoolMemory pieces;
  private final List<byte[]> full = new ArrayList<>();
  private byte[] piece = {};
  private int used;
  private long spilled;
  private long documents;
  private @Nullable FileChannel file;

  /**
   * With memory of its own.
   *
   * @param dir where a file is made when it is needed
   * @param memory most bytes held in memory, apart from the last document
   */
  public Spool(Path dir, int memory) {
    this(dir, memory, new SpoolMemory(memory));
  }

  /**
   * @param dir where a file is made when it is needed
   * @param memory most bytes held in memory, apart from the last document
   * @param pieces where that memory comes from
   */
  public Spool(Path dir, int memory, SpoolMemory pieces) {
    this.dir = dir;
    this.memory = memory;
    this.pieces = pieces;
  }

  /** Appends bytes of a document. */
  public void write(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at > piece.length - used) {
      int fits = piece.length - used;
      System.arraycopy(bytes, at, piece, used, fits);
      at += fits;
      next();
    }
    System.arraycopy(bytes, at, piece, used, to - at);
    used += to - at;
  }

  /** Appends bytes of a document. */
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /** Ends the document. */
  public void endDocument() {
    if (used == piece.length) {
      next();
    }
    piece[used++] = '\n';
    documents++;
    if (held() >= memory) {
      spill();
    }
  }

  public long bytes() {
    return spilled + held();
  }

  /** What it takes, in memory and in its file: memory comes in pieces, so this can be more than its bytes. */
  public long taken() {
    return spilled + (long) full.size() * SpoolMemory.PIECE + piece.length;
  }

  /** To be called when it will wait: where little is in memory, it takes no more than that from now on. */
  public void pack() {
    if (used <= SMALL && piece.length == SpoolMemory.PIECE) {
      byte[] packed = Arrays.copyOf(piece, used);
      pieces.give(piece);
      piece = packed;
    }
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
    writeHeld(target, at);
  }

  /** Writes what is in memory at a place of a file; answers where it ends there. */
  private long writeHeld(FileChannel target, long position) throws IOException {
    long at = position;
    for (byte[] whole : full) {
      at = write(ByteBuffer.wrap(whole), target, at);
    }
    return write(ByteBuffer.wrap(piece, 0, used), target, at);
  }

  private static long write(ByteBuffer bytes, FileChannel target, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += target.write(bytes, at);
    }
    return at;
  }

  private long held() {
    return (long) full.size() * SpoolMemory.PIECE + used;
  }

  private void next() {
    byte[] fresh = pieces.take();
    if (piece.length == SpoolMemory.PIECE) {
      full.add(piece);
      used = 0;
    } else {
      System.arraycopy(piece, 0, fresh, 0, used);
    }
    piece = fresh;
  }

  private void release() {
    full.forEach(pieces::give);
    full.clear();
    if (piece.length == SpoolMemory.PIECE) {
      pieces.give(piece);
    }
    piece = new byte[0];
    used = 0;
  }

  private void spill() {
    try {
      if (file == null) {
        Files.createDirectories(dir);
        file = FileChannel.open(Files.createTempFile(dir, "spool-", ".jsonl"), StandardOpenOption.READ,
            StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
      }
      spilled = writeHeld(file, spilled);
      release();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot spill a transaction to " + dir, e);
    }
  }

  /** Makes it empty, to be used again; its memory goes back. */
  public void clear() {
    release();
    spilled = 0;
    documents = 0;
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
    clear();
  }
}

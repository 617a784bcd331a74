package dev.fairway.connector.json;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Splits a stream into lines and hands them out where they lie. The range is good until the next call. A line longer than
 * the limit is an error, so memory is bounded by it. Belongs to one thread.
 */
public final class Lines {
  /** The longest message the Flow runtime and its connectors agree on: 128 MiB. */
  public static final int FLOW_LIMIT = 1 << 27;

  private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long NEWLINES = ONES * '\n';

  private final InputStream in;
  private final int limit;
  private byte[] buffer = new byte[1 << 18];
  private int filled;
  private int scanned;
  private int next;
  private int from;
  private int to;
  private boolean atEnd;

  /** @param limit longest line in bytes, at least 1 */
  public Lines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * Moves to the next line.
   *
   * @return false at the end of the stream
   * @throws EOFException when the stream ends inside a line
   * @throws LineTooLongException when a line is over the limit
   */
  public boolean next() throws IOException {
    if (!advance()) {
      if (filled > next) {
        String tail = new String(buffer, next, Math.min(200, filled - next), java.nio.charset.StandardCharsets.UTF_8);
        throw new EOFException("the stream ends inside a line: " + tail);
      }
      return false;
    }
    return true;
  }

  /** Like {@link #next}, and takes text after the last newline as a line too. */
  public boolean nextOrRest() throws IOException {
    if (advance()) {
      return true;
    }
    if (filled > next) {
      from = next;
      to = filled;
      next = filled;
      scanned = filled;
      return true;
    }
    return false;
  }

  /** Whether another whole line can be had without waiting. */
  public boolean ready() {
    return find();
  }

  public byte[] buffer() {
    return buffer;
  }

  public int from() {
    return from;
  }

  /** The end of the line, without its newline. */
  public int to() {
    return to;
  }

  public int length() {
    return to - from;
  }

  /** Whether a newline ended the line, rather than the end of the stream. */
  public boolean terminated() {
    return next > to;
  }

  public boolean isBlank() {
    for (int i = from; i < to; i++) {
      if (buffer[i] > ' ' || buffer[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** The line as text; bytes that are not UTF-8 are replaced. */
  public String text() {
    return new String(buffer, from, to - from, java.nio.charset.StandardCharsets.UTF_8);
  }

  private boolean advance() throws IOException {
    while (!find()) {
      if (atEnd) {
        return false;
      }
      fill();
    }
    from = next;
    to = scanned;
    next = scanned + 1;
    scanned = next;
    return true;
  }

  /** Moves {@code scanned} to the next newline, or to the end of what is there. */
  private boolean find() {
    int p = scanned;
    while (p + 8 <= filled) {
      long word = (long) WORD.get(buffer, p) ^ NEWLINES;
      long hit = (word - ONES) & ~word & HIGHS;
      if (hit != 0) {
        scanned = p + (Long.numberOfTrailingZeros(hit) >>> 3);
        return true;
      }
      p += 8;
    }
    for (; p < filled; p++) {
      if (buffer[p] == '\n') {
        scanned = p;
        return true;
      }
    }
    scanned = p;
    return false;
  }

  private void fill() throws IOException {
    if (filled - next > limit) {
      throw new LineTooLongException(limit);
    }
    if (next > 0) {
      System.arraycopy(buffer, next, buffer, 0, filled - next);
      filled -= next;
      scanned -= next;
      next = 0;
    }
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min((long) buffer.length * 2, limit + 1L));
    }
    int read = in.read(buffer, filled, buffer.length - filled);
    if (read < 0) {
      atEnd = true;
    } else {
      filled += read;
    }
  }

  /** A line over the limit. */
  public static final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(int limit) {
      super("a line is longer than the limit of " + limit + " bytes");
    }
  }
}

package dev.fairway.connector.proto;

import dev.fairway.connector.flow.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads frames, each a length in four bytes, the least significant first, and so many bytes of a protocol buffer, and is
 * read as lines of JSON. Memory grows with what has come, not with what a length promises. Belongs to one thread.
 */
final class FramesAsLines extends InputStream {
  private static final int HEAD = 4;

  private final InputStream in;
  private final Shape shape;
  private final int limit;
  private byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;
  private byte[] line = {};
  private int said;

  /** @param limit longest frame in bytes */
  FramesAsLines(InputStream in, Shape shape, int limit) {
    this.in = in;
    this.shape = shape;
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * As many whole lines as are there and fit, and at least a part of one.
   *
   * @throws EOFException when the stream ends inside a frame
   * @throws ProtocolException when a frame is too long, or no message
   */
  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (said == line.length && !advance()) {
      return -1;
    }
    int taken = take(into, offset, length);
    while (taken < length && whole()) {
      advance();
      taken += take(into, offset + taken, length - taken);
    }
    return taken;
  }

  private int take(byte[] into, int offset, int length) {
    int count = Math.min(length, line.length - said);
    System.arraycopy(line, said, into, offset, count);
    said += count;
    return count;
  }

  private boolean whole() {
    return filled - next >= HEAD && length() <= limit && filled - next - HEAD >= length();
  }

  private long length() {
    return Integer.toUnsignedLong(ByteBuffer.wrap(buffer, next, HEAD).order(ByteOrder.LITTLE_ENDIAN).getInt());
  }

  private boolean advance() throws IOException {
    if (!fill(HEAD)) {
      if (filled == next) {
        return false;
      }
      throw new EOFException("the stream ends after " + (filled - next) + " of the 4 bytes of a message's length");
    }
    long length = length();
    if (length > limit) {
      throw tooLong(length);
    }
    if (!fill(HEAD + (int) length)) {
      throw new EOFException(
          "the stream ends inside a message, after " + (filled - next - HEAD) + " of its " + length + " bytes");
    }
    ByteArrayOutputStream json = new ByteArrayOutputStream((int) length + 64);
    ProtoToJson.translate(shape, buffer, next + HEAD, (int) length, json);
    json.write('\n');
    line = json.toByteArray();
    said = 0;
    next += HEAD + (int) length;
    return true;
  }

  private ProtocolException tooLong(long length) {
    byte[] head = Arrays.copyOfRange(buffer, next, Math.min(filled, next + 40));
    return new ProtocolException("a message says it has " + length + " bytes, and " + limit + " are the limit"
        + (head[0] == '{' ? "; it begins as JSON does: " + new String(head, StandardCharsets.UTF_8) : ""));
  }

  /** Reads until there are so many bytes; false when the stream ends before. */
  private boolean fill(int count) throws IOException {
    while (filled - next < count) {
      if (next > 0) {
        System.arraycopy(buffer, next, buffer, 0, filled - next);
        filled -= next;
        next = 0;
      }
      if (filled == buffer.length) {
        buffer = Arrays.copyOf(buffer, (int) Math.min((long) buffer.length * 2, (long) limit + HEAD));
      }
      int read = in.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        return false;
      }
      filled += read;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

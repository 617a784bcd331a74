package dev.fairway.connector.proto;

import dev.fairway.connector.flow.ProtocolException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Is written to as lines of JSON, and writes frames: a length in four bytes, the least significant first, and so many bytes of
 * a protocol buffer. A line goes out when its newline comes. Belongs to one thread at a time.
 */
final class LinesAsFrames extends OutputStream {
  private final OutputStream out;
  private final Shape shape;
  private final JsonToProto translation = new JsonToProto();
  private byte[] line = new byte[1 << 12];
  private int length;

  LinesAsFrames(OutputStream out, Shape shape) {
    this.out = out;
    this.shape = shape;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[]{(byte) one}, 0, 1);
  }

  /** @throws ProtocolException when a line is no message */
  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int from = offset;
    for (int i = offset; i < offset + count; i++) {
      if (bytes[i] == '\n') {
        keep(bytes, from, i - from);
        frame();
        from = i + 1;
      }
    }
    keep(bytes, from, offset + count - from);
  }

  private void keep(byte[] bytes, int from, int count) {
    if (line.length - length < count) {
      line = Arrays.copyOf(line, Math.max(line.length * 2, length + count));
    }
    System.arraycopy(bytes, from, line, length, count);
    length += count;
  }

  private void frame() throws IOException {
    byte[] message;
    try {
      message = translation.translate(shape, line, 0, length);
    } finally {
      // A line that is no message is not the beginning of the next.
      length = 0;
    }
    out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(message.length).array());
    out.write(message);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}

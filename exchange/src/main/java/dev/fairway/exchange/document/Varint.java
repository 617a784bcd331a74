package dev.fairway.exchange.document;

import java.nio.ByteBuffer;

/** Unsigned LEB128 numbers (multiformats/unsigned-varint), up to 31 bits. */
final class Varint {
  private Varint() {}

  /** The next number, or -1 when the bytes are cut short or the number is too large. */
  static int read(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      if (!in.hasRemaining()) {
        return -1;
      }
      byte next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return -1;
  }
}

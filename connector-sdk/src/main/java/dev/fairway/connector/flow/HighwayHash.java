package dev.fairway.connector.flow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * HighwayHash of 64 bits, a keyed hash (Alakuijala, Cox, Wassenberg: <a href="https://arxiv.org/abs/1612.06257">Fast keyed
 * hash/pseudo-random function using SIMD multiply and permute</a>). One use per instance.
 */
final class HighwayHash {
  private static final int PACKET = 32;
  private static final int LANES = 4;

  /* Digits of pi, as the paper has them. */
  private final long[] mul0 = {0xdbe6d5d5fe4cce2fL, 0xa4093822299f31d0L, 0x13198a2e03707344L, 0x243f6a8885a308d3L};
  private final long[] mul1 = {0x3bd39e10cb0ef593L, 0xc0acf169b5f18a8cL, 0xbe5466cf34e90c6cL, 0x452821e638d01377L};
  private final long[] v0 = new long[LANES];
  private final long[] v1 = new long[LANES];

  private HighwayHash(byte[] key) {
    ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < LANES; i++) {
      long word = words.getLong(8 * i);
      v0[i] = mul0[i] ^ word;
      v1[i] = mul1[i] ^ Long.rotateLeft(word, 32);
    }
  }

  /** @param key 32 bytes */
  static long hash(byte[] key, byte[] data) {
    HighwayHash hash = new HighwayHash(key);
    int whole = data.length / PACKET * PACKET;
    for (int at = 0; at < whole; at += PACKET) {
      hash.update(ByteBuffer.wrap(data, at, PACKET).slice());
    }
    if (whole < data.length) {
      hash.updateRest(Arrays.copyOfRange(data, whole, data.length));
    }
    for (int i = 0; i < 4; i++) {
      hash.permute();
    }
    return hash.v0[0] + hash.v1[0] + hash.mul0[0] + hash.mul1[0];
  }

  private void update(ByteBuffer packet) {
    ByteBuffer words = packet.order(ByteOrder.LITTLE_ENDIAN);
    update(words.getLong(0), words.getLong(8), words.getLong(16), words.getLong(24));
  }

  private void update(long... lanes) {
    for (int i = 0; i < LANES; i++) {
      v1[i] += mul0[i] + lanes[i];
      mul0[i] ^= (v1[i] & 0xffffffffL) * (v0[i] >>> 32);
      v0[i] += mul1[i];
      mul1[i] ^= (v0[i] & 0xffffffffL) * (v1[i] >>> 32);
    }
    for (int pair = 0; pair < LANES; pair += 2) {
      zip(v1, v0, pair);
    }
    for (int pair = 0; pair < LANES; pair += 2) {
      zip(v0, v1, pair);
    }
  }

  /** Adds the bytes of two lanes to two others, mixed so that the high bits of the products reach all of them. */
  private static void zip(long[] from, long[] to, int pair) {
    long low = from[pair];
    long high = from[pair + 1];
    to[pair] += (((low & 0xff000000L) | (high & 0xff00000000L)) >>> 24)
        | (((low & 0xff0000000000L) | (high & 0xff000000000000L)) >>> 16) | (low & 0xff0000L) | ((low & 0xff00L) << 32)
        | ((high & 0xff00000000000000L) >>> 8) | (low << 56);
    to[pair + 1] += (((high & 0xff000000L) | (low & 0xff00000000L)) >>> 24) | (high & 0xff0000L)
        | ((high & 0xff0000000000L) >>> 16) | ((high & 0xff00L) << 24) | ((low & 0xff000000000000L) >>> 8)
        | ((high & 0xffL) << 48) | (low & 0xff00000000000000L);
  }

  private void updateRest(byte[] rest) {
    int length = rest.length;
    for (int i = 0; i < LANES; i++) {
      v0[i] += ((long) length << 32) + length;
      int low = Integer.rotateLeft((int) v1[i], length);
      int high = Integer.rotateLeft((int) (v1[i] >>> 32), length);
      v1[i] = (long) high << 32 | (low & 0xffffffffL);
    }
    byte[] packet = new byte[PACKET];
    int words = length & ~3;
    int odd = length & 3;
    System.arraycopy(rest, 0, packet, 0, words);
    if (length >= 16) {
      System.arraycopy(rest, length - 4, packet, 28, 4);
    } else if (odd > 0) {
      packet[16] = rest[words];
      packet[17] = rest[words + (odd >>> 1)];
      packet[18] = rest[words + odd - 1];
    }
    update(ByteBuffer.wrap(packet));
  }

  private void permute() {
    update(Long.rotateLeft(v0[2], 32), Long.rotateLeft(v0[3], 32), Long.rotateLeft(v0[0], 32),
        Long.rotateLeft(v0[1], 32));
  }
}

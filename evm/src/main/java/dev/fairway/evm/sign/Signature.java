package dev.fairway.evm.sign;

import dev.fairway.evm.Hex;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * An ECDSA signature on secp256k1 with what is needed to recover the signer. {@code s} is always in the lower half
 * (EIP-2), so that nobody can make a second signature out of a first.
 *
 * @param recovery 0 or 1: which of the two possible points {@code r} stands for
 */
public record Signature(BigInteger r, BigInteger s, int recovery) {
  public Signature {
    if (recovery != 0 && recovery != 1) {
      throw new IllegalArgumentException("recovery must be 0 or 1, is " + recovery);
    }
    if (r.signum() <= 0 || r.compareTo(Secp256k1.ORDER) >= 0) {
      throw new IllegalArgumentException("r of a signature must be below the order of the curve");
    }
    if (s.signum() <= 0 || s.compareTo(Secp256k1.HALF_ORDER) > 0) {
      throw new IllegalArgumentException("s of a signature must be in the lower half of the order (EIP-2)");
    }
  }

  /**
   * From 65 bytes {@code r, s, v} with {@code v} one of 0, 1, 27, 28, as wallets give it.
   *
   * @throws IllegalArgumentException when they are no such signature
   */
  public static Signature parse(byte[] bytes) {
    if (bytes.length != 65) {
      throw new IllegalArgumentException("a signature has 65 bytes, not " + bytes.length);
    }
    int v = bytes[64] & 0xff;
    return new Signature(new BigInteger(1, Arrays.copyOf(bytes, 32)),
        new BigInteger(1, Arrays.copyOfRange(bytes, 32, 64)),
        v >= 27 ? v - 27 : v);
  }

  /** {@code r} and {@code s}, 64 bytes. */
  public byte[] compact() {
    byte[] bytes = new byte[64];
    System.arraycopy(word(r), 0, bytes, 0, 32);
    System.arraycopy(word(s), 0, bytes, 32, 32);
    return bytes;
  }

  /** {@code r, s, v} with {@code v} 27 or 28, as {@code eth_sign} and contracts have it. */
  public byte[] bytes() {
    byte[] bytes = Arrays.copyOf(compact(), 65);
    bytes[64] = (byte) (27 + recovery);
    return bytes;
  }

  static byte[] word(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] word = new byte[32];
    int length = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - length, word, 32 - length, length);
    return word;
  }

  @Override
  public String toString() {
    return Hex.of(bytes());
  }
}

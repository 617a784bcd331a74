package dev.fairway.evm;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as Ethereum uses it: the submission to SHA-3 before its padding was changed. */
public final class Keccak {
  private Keccak() {}

  public static byte[] hash(byte[] bytes) {
    var digest = new KeccakDigest(256);
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return hash;
  }

  /** Of the UTF-8 bytes; an event's topic is the hash of its signature. */
  public static Hash hash(String text) {
    return Hash.of(hash(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The first four bytes of a function's or error's signature, as {@code 0x} and eight digits. */
  public static String selector(String signature) {
    return hash(signature).hex().substring(0, 10);
  }
}

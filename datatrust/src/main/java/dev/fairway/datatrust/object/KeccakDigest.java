package dev.fairway.datatrust.object;

import java.security.MessageDigest;

/** Keccak-256 as Ethereum uses it, as a running digest. */
public final class KeccakDigest extends MessageDigest {
  private static final int BYTES = 32;
  private final org.bouncycastle.crypto.digests.KeccakDigest digest = new org.bouncycastle.crypto.digests.KeccakDigest(
      BYTES * 8);

  public KeccakDigest() {
    super("KECCAK-256");
  }

  @Override
  protected void engineUpdate(byte input) {
    digest.update(input);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    digest.update(input, offset, length);
  }

  @Override
  protected byte[] engineDigest() {
    byte[] hash = new byte[BYTES];
    digest.doFinal(hash, 0);
    return hash;
  }

  @Override
  protected void engineReset() {
    digest.reset();
  }

  @Override
  protected int engineGetDigestLength() {
    return BYTES;
  }
}

package dev.fairway.evm.sign;

import dev.fairway.core.Secret;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hex;

/** Signs with a key in this process's memory. */
public final class KeySigner implements Signer {
  private final byte[] key;
  private final Address address;
  private final Secp256k1 curve;

  /** @throws IllegalArgumentException when it is not 32 bytes below the order of the curve */
  public KeySigner(byte[] key) {
    this(key, Secp256k1.best());
  }

  KeySigner(byte[] key, Secp256k1 curve) {
    this.key = key.clone();
    this.curve = curve;
    this.address = Address.ofPublicKey(curve.publicKey(key));
  }

  /**
   * From a key as text, an environment variable say: 64 hex digits with or without {@code 0x}.
   *
   * @throws IllegalArgumentException when it is not; the message does not show it
   */
  public static KeySigner of(Secret key) {
    String text = key.reveal().strip();
    String hex = text.startsWith("0x") ? text : "0x" + text;
    byte[] bytes;
    try {
      bytes = Hex.bytes(hex);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message shows the key.
      throw new IllegalArgumentException("a private key must be 64 hex digits; this one is not");
    }
    return new KeySigner(bytes);
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public SignedTransaction sign(UnsignedTransaction transaction) {
    return transaction.with(curve.sign(transaction.digest(), key));
  }

  @Override
  public Signature signMessage(byte[] message) {
    return curve.sign(Signer.messageDigest(message), key);
  }

  @Override
  public String toString() {
    return "KeySigner " + address;
  }
}

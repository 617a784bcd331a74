package dev.fairway.evm.sign;

import dev.fairway.evm.Address;
import dev.fairway.evm.Keccak;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Signs as one account. May block, when the key is elsewhere. Safe for many threads. */
public interface Signer {
  Address address();

  /**
   * Signs a transaction.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when whoever holds the key does not answer,
   * {@code PEER_LIED} when the answer is not this account's signature of this transaction
   */
  SignedTransaction sign(UnsignedTransaction transaction);

  /** Signs a message as a person's wallet does (EIP-191, version 0x45). */
  Signature signMessage(byte[] message);

  /** What a wallet hashes for a message: a prefix, so that no message is a transaction (EIP-191). */
  static byte[] messageDigest(byte[] message) {
    byte[] prefix = ("\u0019Ethereum Signed Message:\n" + message.length).getBytes(StandardCharsets.UTF_8);
    return Keccak.hash(ByteBuffer.allocate(prefix.length + message.length).put(prefix).put(message).array());
  }
}

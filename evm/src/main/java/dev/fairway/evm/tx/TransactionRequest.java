package dev.fairway.evm.tx;

import dev.fairway.evm.Address;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A transaction that somebody wants mined.
 *
 * @param key the caller's name for it, unique for the account; asking again with the same key changes nothing
 * @param purpose who asks, {@code datatrust} say: whoever listens for that purpose is told what becomes of it
 * @param to empty for a deployment
 * @param value in wei
 * @param data as hex
 * @param gasLimit when not given, the node estimates, and a revert found that way refuses the transaction before it costs
 * anything
 * @param lateFork what to do when a fork takes it back after it was confirmed
 */
public record TransactionRequest(String key, String purpose, Optional<Address> to, BigInteger value, String data,
    OptionalLong gasLimit, LateFork lateFork) {
  /** What becomes of a confirmed transaction that a fork took back. */
  public enum LateFork {
    /** It is sent again, unchanged: what it says is still wanted. */
    RESUBMIT,
    /** It is made impossible, by using its nonce otherwise, and then reported as cancelled: the caller decides anew. */
    REVOKE
  }

  public TransactionRequest {
    if (key.isBlank() || key.length() > 300) {
      throw new IllegalArgumentException("a transaction's key must have 1 to 300 characters, has " + key.length());
    }
    if (value.signum() < 0) {
      throw new IllegalArgumentException("a transaction's value must not be negative, is " + value);
    }
    if (gasLimit.isPresent() && gasLimit.getAsLong() < 21_000) {
      throw new IllegalArgumentException("a gas limit must be at least 21000, is " + gasLimit.getAsLong());
    }
  }

  /** A call of a contract's function; gas is estimated. */
  public static TransactionRequest call(String key, String purpose, Address contract, String data) {
    return new TransactionRequest(key, purpose, Optional.of(contract), BigInteger.ZERO, data, OptionalLong.empty(),
        LateFork.RESUBMIT);
  }

  /** A transfer of ether. */
  public static TransactionRequest transfer(String key, String purpose, Address to, BigInteger wei) {
    return new TransactionRequest(key, purpose, Optional.of(to), wei, "0x", OptionalLong.empty(), LateFork.RESUBMIT);
  }

  /** A new contract. */
  public static TransactionRequest deploy(String key, String purpose, String creationCode) {
    return new TransactionRequest(key, purpose, Optional.empty(), BigInteger.ZERO, creationCode, OptionalLong.empty(),
        LateFork.RESUBMIT);
  }

  public TransactionRequest value(BigInteger wei) {
    return new TransactionRequest(key, purpose, to, wei, data, gasLimit, lateFork);
  }

  public TransactionRequest gasLimit(long gas) {
    return new TransactionRequest(key, purpose, to, value, data, OptionalLong.of(gas), lateFork);
  }

  public TransactionRequest onLateFork(LateFork what) {
    return new TransactionRequest(key, purpose, to, value, data, gasLimit, what);
  }
}

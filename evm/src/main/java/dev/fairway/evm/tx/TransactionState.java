package dev.fairway.evm.tx;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import java.util.Optional;

/** How far a transaction is. */
public sealed interface TransactionState {
  /** Whether it stays so, short of a deep fork. */
  default boolean last() {
    return switch (this) {
      case Recorded _,Sent _,Mined _ -> false;
      case Confirmed _,Reverted _,Refused _,Cancelled _,Lost _ -> true;
    };
  }

  /** Durably noted; not signed yet. */
  record Recorded() implements TransactionState {}

  /**
   * Signed, and sent or about to be.
   *
   * @param hash of its newest form
   * @param replacements how often its fees were raised
   */
  record Sent(Hash hash, long nonce, int replacements) implements TransactionState {}

  /** In a block that is not certain yet. */
  record Mined(Hash hash, long block, boolean succeeded) implements TransactionState {}

  /**
   * Done, and certain.
   *
   * @param created the contract it made
   */
  record Confirmed(Hash hash, long block, long gasUsed, Optional<Address> created) implements TransactionState {}

  /** Mined and certain, but the contract refused; it has cost its gas. */
  record Reverted(Hash hash, long block, String reason) implements TransactionState {}

  /** The node found before sending that it cannot work; it has cost nothing, not even a nonce. */
  record Refused(String reason) implements TransactionState {}

  /** Can never be mined, because its nonce was used otherwise. */
  record Cancelled(String why) implements TransactionState {}

  /** Its nonce was used by a transaction this node did not send: somebody else has the key. */
  record Lost(String why) implements TransactionState {}
}

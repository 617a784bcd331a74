package dev.fairway.evm.tx;

import dev.fairway.evm.Hash;
import java.time.Instant;
import java.util.List;

/**
 * A recorded transaction.
 *
 * @param id this node's name for it
 * @param hashes every form it was ever signed in, oldest first; cancellations are not among them
 */
public record SubmittedTransaction(long id, String key, String purpose, TransactionState state, List<Hash> hashes,
    Instant recordedAt, Instant changedAt) {
  public SubmittedTransaction {
    hashes = List.copyOf(hashes);
  }
}

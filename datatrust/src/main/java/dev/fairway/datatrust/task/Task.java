package dev.fairway.datatrust.task;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Something under way.
 *
 * @param watched the text of the transaction it waits for; not always a hash
 * @param transaction the recorded transaction it sent
 * @param result the hash of the transaction that ended it
 * @param reason why it failed
 */
public record Task(UUID id, Kind kind, Optional<String> watched, Optional<Hash> listing, Optional<Address> owner,
    Optional<Hash> delivery, OptionalLong transaction, TaskState state, Optional<String> result,
    Optional<String> reason, Instant createdAt, Instant changedAt) {

  /** What is under way; the names are stored. */
  public enum Kind {
    /** A client's transaction is to be mined. */
    WATCH,
    /** A listing's data hash is to be written. */
    DATA_HASH,
    /** Bytes given out are to be accounted for. */
    ACCESS,
    /** A purchase is to be settled. */
    DELIVERED,
    /** The datatrust's name is to be written. */
    URL,
    /** The node stands for datatrust. */
    REGISTER,
    /** A poll is to be resolved. */
    RESOLVE,
    /** A stake is to be allowed or fetched back. */
    STAKE
  }
}

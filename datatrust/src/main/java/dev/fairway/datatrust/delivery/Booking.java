package dev.fairway.datatrust.delivery;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Bytes of a listing given out on a purchase.
 *
 * @param owner whose data they are
 * @param dataHash of the data
 * @param url the purchase as its buyer wrote it
 * @param attempt 1 for the first; more when earlier ones came to nothing
 * @param task accounts for it on the chain
 */
public record Booking(Hash delivery, Hash listing, Address buyer, Address owner, Hash dataHash, long size, String url,
    int attempt, State state, Optional<String> reason, UUID task, Instant bookedAt) {

  /** How far it is; the names are stored. */
  public enum State {
    /** On its way to the chain. */
    BOOKED,
    /** On the chain, for certain. */
    COUNTED,
    /** The chain refused it: nothing may be had for it. */
    VOID
  }
}

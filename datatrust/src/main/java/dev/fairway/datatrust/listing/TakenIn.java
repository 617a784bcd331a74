package dev.fairway.datatrust.listing;

import java.util.UUID;

/** What became of data handed in. */
public sealed interface TakenIn {
  /** They are kept; the task confirms them on the chain. The same answer when the same data were handed in before. */
  record Kept(UUID task) implements TakenIn {}

  /** Other data were handed in first for this listing, and they count. */
  record OtherDataFirst() implements TakenIn {}

  /** The listing is under vote, or listed, for somebody else. */
  record NotTheMaker() implements TakenIn {}

  /** The maker's data together would be more than one maker may keep here. */
  record OverQuota(long most) implements TakenIn {}
}

package dev.fairway.core.ledger;

/** Where a stream begins. */
public sealed interface From {
  /** With what is active now, then what happens after. */
  record Snapshot() implements From {}

  /**
   * With what was active at an offset, then what happens after. Not every ledger can look back; see
   * {@link Ledger#looksBack}.
   */
  record SnapshotAt(Offset offset) implements From {}

  /** With what happens after an offset. */
  record After(Offset offset) implements From {}

  static From snapshot() {
    return new Snapshot();
  }

  static From after(Offset offset) {
    return new After(offset);
  }
}

package dev.fairway.core;

/**
 * What went wrong, in a form a program can act on. Numbers are stable and are never reused; {@code web} turns codes into
 * HTTP answers in one place.
 */
public enum ErrorCode {
  /** A value from outside breaks a rule; the message names the field, the value, the rule and the mend. */
  INVALID(1, Kind.CALLER, false),
  /** The thing named does not exist, or the caller may not know that it does. */
  NOT_FOUND(2, Kind.CALLER, false),
  /** The state of the thing does not allow what was asked. */
  CONFLICT(3, Kind.CALLER, false),
  /** Nobody vouched for the caller. */
  UNAUTHENTICATED(4, Kind.CALLER, false),
  /** The caller is known and may not do this. */
  FORBIDDEN(5, Kind.CALLER, false),
  /** More bytes, items or depth than the limit allows. */
  TOO_LARGE(6, Kind.CALLER, false),
  /** The database cannot be reached or gave up in mid-way; nothing was written. */
  STORE_DOWN(20, Kind.NODE, true),
  /** The embedded database file is damaged; an operator must act. */
  STORE_CORRUPT(21, Kind.NODE, false),
  /** No space is left; nothing was written. */
  DISK_FULL(22, Kind.CAPACITY, true),
  /** A bound of this node is reached; try again later. */
  BUSY(23, Kind.CAPACITY, true),
  /** Another system answered with an error, or not at all. */
  PEER_FAILED(30, Kind.PEER, true),
  /** Another system broke its protocol; asking again will not help. */
  PEER_LIED(31, Kind.PEER, false),
  /** The egress policy refuses the address. */
  EGRESS_REFUSED(32, Kind.CALLER, false),
  /** The configuration cannot be used. */
  CONFIGURATION(40, Kind.NODE, false);

  /** Who can mend it. */
  public enum Kind {
    CALLER, NODE, CAPACITY, PEER
  }

  private final int number;
  private final Kind kind;
  private final boolean retriable;

  ErrorCode(int number, Kind kind, boolean retriable) {
    this.number = number;
    this.kind = kind;
    this.retriable = retriable;
  }

  public int number() {
    return number;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether asking again, unchanged, can help. */
  public boolean retriable() {
    return retriable;
  }
}

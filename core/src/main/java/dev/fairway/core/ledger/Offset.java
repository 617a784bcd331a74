package dev.fairway.core.ledger;

import java.util.Objects;

/**
 * A place in a ledger's stream, as that ledger writes it down. Means nothing on another ledger, and has no order but the
 * one in which the ledger hands them out.
 *
 * @param value empty for the place before everything
 */
public record Offset(String value) {
  /** Before everything. */
  public static final Offset BEGIN = new Offset("");

  public Offset {
    Objects.requireNonNull(value);
  }

  @Override
  public String toString() {
    return value.isEmpty() ? "begin" : value;
  }
}

package dev.fairway.connector.flow;

/** The part of the key space a session is responsible for: unsigned 32-bit bounds, both inclusive. */
public record RangeSpec(long keyBegin, long keyEnd, long rClockBegin, long rClockEnd) {
  /** Everything: a task that is not split. */
  public static final RangeSpec FULL = new RangeSpec(0, 0xffffffffL, 0, 0xffffffffL);
}

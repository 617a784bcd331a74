package dev.fairway.connector.json;

/** Bytes that are not JSON (RFC 8259). The message says what was expected, and at which byte. */
public final class MalformedJsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  MalformedJsonException(String problem, int offset) {
    super(problem + " at byte " + offset);
    this.offset = offset;
  }

  /** Where the trouble was found, counted from where scanning began. */
  public int offset() {
    return offset;
  }
}

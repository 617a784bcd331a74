package dev.fairway.datatrust.identity;

/** What many may ask for was asked for too often; it may be asked for again after a while. */
public final class AskedTooOften extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long wait;

  AskedTooOften(long wait) {
    super("asked too often", null, false, false);
    this.wait = wait;
  }

  /** In nanoseconds, until it may be asked for again. */
  public long waitNanos() {
    return wait;
  }
}

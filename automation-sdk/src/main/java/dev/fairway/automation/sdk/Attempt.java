package dev.fairway.automation.sdk;

/**
 * Which try of a delivery this is.
 *
 * @param idempotencyKey the same on every attempt, and different for different deliveries; send it along with calls to
 * the outside
 * @param number 1 for the first
 * @param maybeDone whether an earlier attempt may have had its effect outside, because its process died
 * @param dryRun whether an operator only wants to know what would happen: no commands are sent, and
 * {@link Environment#http} and {@link Environment#queue} throw {@link HeldBack}; what else the handler does to the outside
 * it must hold back itself
 */
public record Attempt(String idempotencyKey, int number, boolean maybeDone, boolean dryRun) {
  /** One in earnest. */
  public Attempt(String idempotencyKey, int number, boolean maybeDone) {
    this(idempotencyKey, number, maybeDone, false);
  }

  /**
   * To be called before an effect on the outside that does not go through the environment.
   *
   * @param effect what comes next, to go with "would": {@code send a mail to …}
   * @throws HeldBack in a dry run
   */
  public void holdBackIfDry(String effect) {
    if (dryRun) {
      throw new HeldBack(effect);
    }
  }
}

package dev.fairway.automation.sdk;

/** Ends a handler that is run dry before it has an effect on the outside; its message tells the operator which. */
public final class HeldBack extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** @param effect to go with "would": {@code send a mail to …} */
  public HeldBack(String effect) {
    super("would " + effect);
  }
}

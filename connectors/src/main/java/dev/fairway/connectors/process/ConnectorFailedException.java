package dev.fairway.connectors.process;

/**
 * A connector failed. The message is its own last words, with what is known around them.
 */
public final class ConnectorFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean retriable;

  public ConnectorFailedException(String message) {
    this(message, true);
  }

  /** @param retriable whether trying again, unchanged, can help */
  public ConnectorFailedException(String message, boolean retriable) {
    super(message);
    this.retriable = retriable;
  }

  public boolean retriable() {
    return retriable;
  }
}

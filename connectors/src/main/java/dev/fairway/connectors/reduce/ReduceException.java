package dev.fairway.connectors.reduce;

/** Two documents that their schema's strategies cannot make one of; the message says where and why. */
public final class ReduceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReduceException(String message) {
    super(message);
  }
}

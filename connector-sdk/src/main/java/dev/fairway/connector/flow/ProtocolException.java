package dev.fairway.connector.flow;

/** The other side of the pipe broke the protocol. The message names the phase, the message and the mend. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }

  public ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}

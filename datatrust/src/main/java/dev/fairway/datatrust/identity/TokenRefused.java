package dev.fairway.datatrust.identity;

/** A token is missing or not to be believed; with the status and words that clients of this interface know. */
public final class TokenRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  TokenRefused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}

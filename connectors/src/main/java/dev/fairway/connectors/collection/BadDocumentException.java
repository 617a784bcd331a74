package dev.fairway.connectors.collection;

/** A document that cannot be in its collection; the message says why and quotes it. */
public final class BadDocumentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadDocumentException(String message) {
    super(message);
  }
}

package dev.fairway.web;

import org.eclipse.jetty.http.HttpStatus;

/** Reason phrases of HTTP status codes (RFC 9110, section 15). */
final class Reasons {
  private Reasons() {}

  static String phrase(int status) {
    return switch (status) {
      // The phrases old clients were written against, where RFC 9110 has since renamed them.
      case 413 -> "Request Entity Too Large";
      case 422 -> "Unprocessable Entity";
      case 500 -> "Internal Server Error";
      default -> HttpStatus.getMessage(status);
    };
  }
}

package dev.fairway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.UUID;

/** What a request is called in the log and in its answer: the caller's {@code X-Request-Id} if it is fit for both, else a new one. */
final class RequestId {
  private static final int LONGEST = 128;

  private RequestId() {}

  static String of(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader("X-Request-Id")).filter(RequestId::usable)
        .orElseGet(() -> UUID.randomUUID().toString());
  }

  private static boolean usable(String id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }
}

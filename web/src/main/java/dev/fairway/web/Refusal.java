package dev.fairway.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The server itself turns a call down, before or instead of its handler. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, String> headers;
  private final transient Optional<MediaType> mediaType;

  /** A media type that was sent, and those that would have done. */
  record MediaType(String sent, List<String> allowed) {}

  private Refusal(int status, String detail, Map<String, String> headers, Optional<MediaType> mediaType) {
    // Refusals are ordinary answers, so they carry no stack.
    super(detail, null, false, false);
    this.status = status;
    this.headers = headers;
    this.mediaType = mediaType;
  }

  Refusal(int status, String detail) {
    this(status, detail, Map.of(), Optional.empty());
  }

  Refusal(int status, String detail, Map<String, String> headers) {
    this(status, detail, headers, Optional.empty());
  }

  static Refusal mediaType(String sent, List<String> allowed) {
    return new Refusal(415,
        "the content type is " + (sent.isEmpty() ? "missing" : sent) + "; send " + String.join(" or ", allowed),
        Map.of("Accept", String.join(", ", allowed)), Optional.of(new MediaType(sent, allowed)));
  }

  int status() {
    return status;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  Map<String, String> headers() {
    return headers;
  }

  Optional<MediaType> mediaType() {
    return mediaType;
  }
}

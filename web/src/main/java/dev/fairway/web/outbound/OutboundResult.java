package dev.fairway.web.outbound;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What became of a call. */
public sealed interface OutboundResult {
  /**
   * The other side answered, with whatever status; redirects are answers too and are not followed.
   *
   * @param headers by lower-case name
   */
  record Answered(int status, Map<String, List<String>> headers, Payload body) implements OutboundResult {
    public Answered {
      headers = Map.copyOf(headers);
    }

    /** Whether the status is 2xx. */
    public boolean ok() {
      return status >= 200 && status < 300;
    }

    /** The first header of that name. */
    public Optional<String> header(String name) {
      List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
      return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** {@code Retry-After}, given in seconds or as a date (RFC 9110, section 10.2.3); never negative. */
    public Optional<Duration> retryAfter(Instant now) {
      return header("Retry-After").flatMap(text -> parseRetryAfter(text.strip(), now));
    }

    private static Optional<Duration> parseRetryAfter(String text, Instant now) {
      if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
      }
      try {
        Duration left = Duration.between(now,
            ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        return Optional.of(left.isNegative() ? Duration.ZERO : left);
      } catch (DateTimeParseException e) {
        return Optional.empty();
      }
    }
  }

  /** The egress policy does not allow the URL; nothing was sent. */
  record Refused(String why) implements OutboundResult {}

  /**
   * No answer came.
   *
   * @param sent whether the request may have reached the other side; when false, sending again is safe
   */
  record Failed(String why, boolean sent) implements OutboundResult {}

  /** Time ran out. {@code sent} as in {@link Failed}. */
  record TimedOut(Duration limit, boolean sent) implements OutboundResult {}

  /** One sentence for a log or an operator. */
  default String describe() {
    return switch (this) {
      case Answered(var status, _, _) -> "answered " + status;
      case Refused(var why) -> "refused by the egress policy: " + why;
      case Failed(var why, var sent) -> (sent ? "no answer: " : "not reached: ") + why;
      case TimedOut(var limit, _) -> "no answer within " + limit.toMillis() + " ms";
    };
  }
}

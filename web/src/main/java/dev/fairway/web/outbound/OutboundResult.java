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

  /** Which time of a call ran out. */
  enum Limit {
    /** Until the other side took the connection. */
    CONNECT,
    /** Without a byte in either direction on a connection that is open. */
    SILENCE,
    /** From the call to the last byte of the answer. */
    TOTAL
  }

  /**
   * Time ran out.
   *
   * @param host the other side, with its port when the URL names one
   * @param time how long the limit is
   * @param sent as in {@link Failed}
   */
  record TimedOut(Limit limit, String host, Duration time, boolean sent) implements OutboundResult {
    private String sentence() {
      String limited = time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
      return switch (limit) {
        case CONNECT -> host + " did not take the connection within " + limited;
        case SILENCE -> host + " took the connection and then said nothing for " + limited;
        case TOTAL -> host + " did not answer in full within the call's limit of " + limited;
      };
    }
  }

  /** One sentence for a log or an operator. */
  default String describe() {
    return switch (this) {
      case Answered(var status, _, _) -> "answered " + status;
      case Refused(var why) -> "refused by the egress policy: " + why;
      case Failed(var why, var sent) -> (sent ? "no answer: " : "not reached: ") + why;
      case TimedOut late -> late.sentence();
    };
  }
}

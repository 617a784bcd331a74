package dev.fairway.connectors.lake;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Dates and moments as documents have them: by RFC 3339, and as PostgreSQL writes in UTC what that cannot say, years before
 * 1 ({@code BC}) and after 9999, and the infinities (PostgreSQL's documentation, "Date/Time Types").
 */
final class Times {
  private static final Pattern BEYOND = Pattern
      .compile("(\\d{4,7})-(\\d\\d)-(\\d\\d)(?: (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?)\\+00)?( BC)?");

  private Times() {}

  /** Whether it lies after, or before, every time there is. */
  static boolean infinite(JsonNode given) {
    return given.isString() && (given.stringValue().equals("infinity") || given.stringValue().equals("-infinity"));
  }

  /** @throws DateTimeException when the text is no date */
  static LocalDate date(String text) {
    Matcher beyond = BEYOND.matcher(text);
    return beyond.matches() && beyond.group(4) == null ? day(beyond) : LocalDate.parse(text);
  }

  /** @throws DateTimeException when the text is no moment */
  static Instant moment(String text) {
    Matcher beyond = BEYOND.matcher(text);
    return beyond.matches() && beyond.group(4) != null
        ? day(beyond).atTime(LocalTime.parse(beyond.group(4))).toInstant(ZoneOffset.UTC)
        : OffsetDateTime.parse(text).toInstant();
  }

  private static LocalDate day(Matcher beyond) {
    int year = Integer.parseInt(beyond.group(1));
    // There is a year 0 in ISO 8601, and none before Christ.
    return LocalDate.of(beyond.group(5) == null ? year : 1 - year, Integer.parseInt(beyond.group(2)),
        Integer.parseInt(beyond.group(3)));
  }
}

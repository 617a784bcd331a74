package dev.fairway.connectors.spec;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time spans as specification files write them. */
public final class HumanTime {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)\\s*");

  private HumanTime() {}

  /**
   * One or several numbers with their units: {@code 30s}, {@code 5m}, {@code 1h 10m}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Duration parse(String text) {
    String stripped = text.strip();
    Duration sum = Duration.ZERO;
    int at = 0;
    Matcher part = PART.matcher(stripped);
    while (part.lookingAt()) {
      long count = Long.parseLong(part.group(1));
      sum = sum.plus(switch (part.group(2)) {
        case "ms" -> Duration.ofMillis(count);
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofDays(count);
      });
      at = part.end();
      part.region(at, stripped.length());
    }
    if (at == 0 || at < stripped.length()) {
      throw new IllegalArgumentException("\"" + text + "\" is not a duration; write 30s, 5m or 1h 10m");
    }
    return sum;
  }
}

package dev.fairway.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How values are said to a person. */
public final class Wording {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  private Wording() {}

  public static String stamp(Instant time) {
    return STAMP.format(time);
  }

  public static String iso(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** How long ago, or how soon: {@code 4 min ago}, {@code in 2 h}. */
  public static String ago(Instant time, Instant now) {
    Duration age = Duration.between(time, now);
    String size = duration(age.abs());
    return age.abs().toSeconds() < 5 ? "now" : age.isNegative() ? "in " + size : size + " ago";
  }

  public static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
  }

  public static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5 && unit < 3) {
      value /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, value < 9.95 ? "%.1f %s" : "%.0f %s", value,
        new String[]{"kB", "MB", "GB", "TB"}[unit]);
  }

  /** {@code NO_ROUTE} as {@code no route}. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The middle of a long name taken out, so that both ends can be compared. */
  public static String brief(String name) {
    return name.length() <= 20 ? name : name.substring(0, 9) + "…" + name.substring(name.length() - 8);
  }
}

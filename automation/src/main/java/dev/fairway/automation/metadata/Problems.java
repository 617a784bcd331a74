package dev.fairway.automation.metadata;

import java.util.List;

/** Problems found in what somebody wrote, told all at once. */
public final class Problems {
  private Problems() {}

  /**
   * How many there are, and below each on a line of its own.
   *
   * @param where {@code the settings}
   */
  public static String in(String where, List<String> problems) {
    return (problems.size() == 1 ? "1 problem" : problems.size() + " problems") + " in " + where + ":\n  "
        + String.join("\n  ", problems);
  }
}

package dev.fairway.store;

import java.util.regex.Pattern;

/**
 * What dead letters are grouped by: the last error with its particulars taken out, so that the same fault of a thousand
 * letters reads the same. Numbers, identifiers and quoted values become {@code …}.
 */
final class Cause {
  private static final int LONGEST = 200;
  /* Possessive, so that no text makes it try again and again. */
  private static final Pattern PARTICULARS = Pattern
      .compile("\"[^\"]{0,200}\"|0x[0-9a-fA-F]+|\\b[0-9a-fA-F]{8,}+(?:-[0-9a-fA-F]{4,}+){0,4}+\\b|\\b\\d+\\b");

  private Cause() {}

  static String of(String why) {
    String firstLine = why.lines().findFirst().orElse("");
    String cut = firstLine.length() > 1_000 ? firstLine.substring(0, 1_000) : firstLine;
    String general = PARTICULARS.matcher(cut).replaceAll("…");
    return general.length() > LONGEST ? general.substring(0, LONGEST) : general;
  }
}

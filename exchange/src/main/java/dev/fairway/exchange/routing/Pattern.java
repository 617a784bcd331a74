package dev.fairway.exchange.routing;

/**
 * What a value must be: itself, or {@code a.b.*} for every value that begins with {@code a.b.}, or {@code *} for any.
 * Letters of either case are the same in predicates and nowhere else.
 */
public record Pattern(String text) {
  public static final Pattern ANY = new Pattern("*");

  public Pattern {
    int star = text.indexOf('*');
    if (text.isEmpty() || text.length() > 2_048 || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a pattern must have 1 to 2048 characters, none of them control characters");
    }
    if (star >= 0 && !text.equals("*") && (star != text.length() - 1 || star == 0 || text.charAt(star - 1) != '.')) {
      throw new IllegalArgumentException(
          "a star may only stand alone or at the end after a dot, as in UN.CEFACT.*; is \"" + text + "\"");
    }
  }

  boolean matches(String value, boolean ignoreCase) {
    if (text.equals("*")) {
      return true;
    }
    if (text.endsWith(".*")) {
      int length = text.length() - 1;
      return value.length() > length && value.regionMatches(ignoreCase, 0, text, 0, length);
    }
    return ignoreCase ? value.equalsIgnoreCase(text) : value.equals(text);
  }

  /** Whether every value the other matches is matched by this one too. */
  boolean covers(Pattern other) {
    if (text.equals("*") || text.equalsIgnoreCase(other.text)) {
      return true;
    }
    return text.endsWith(".*") && other.text.length() >= text.length()
        && other.text.regionMatches(true, 0, text, 0, text.length() - 1);
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.fairway.web;

/**
 * What a {@code Range} header asks of bytes of a known length (RFC 9110, section 14.1.2).
 *
 * <p>One range is served; several, or what cannot be read, are answered with the whole, as the RFC allows.
 */
sealed interface ByteRange {
  /** All bytes. */
  record Whole() implements ByteRange {}

  /** Those from {@code first} on, {@code length} of them, at least one. */
  record Slice(long first, long length) implements ByteRange {}

  /** None that exist: 416. */
  record Unsatisfiable() implements ByteRange {}

  /** @param size the number of bytes there are */
  static ByteRange parse(String header, long size) {
    String text = header.strip();
    if (!text.regionMatches(true, 0, "bytes=", 0, 6)) {
      return new Whole();
    }
    String spec = text.substring(6).strip();
    int dash = spec.indexOf('-');
    if (dash < 0 || spec.indexOf(',') >= 0) {
      return new Whole();
    }
    String from = spec.substring(0, dash).strip();
    String to = spec.substring(dash + 1).strip();
    if (!digits(from) || !digits(to) || (from.isEmpty() && to.isEmpty())) {
      return new Whole();
    }
    if (from.isEmpty()) {
      long last = Math.min(number(to), size);
      return last == 0 ? new Unsatisfiable() : new Slice(size - last, last);
    }
    long first = number(from);
    long end = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (end < first) {
      return new Whole();
    }
    return first >= size ? new Unsatisfiable() : new Slice(first, Math.min(end, size - 1) - first + 1);
  }

  private static boolean digits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String digits) {
    // Eighteen digits fit a long; more bytes than that do not exist.
    return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
  }
}

package dev.fairway.exchange.moving;

/** How older nodes spelt keys: one of more than ten characters has a slash after its fifth. */
final class Keys {
  private static final int CHUNK = 5;
  private static final int LONGEST_WHOLE = 10;

  private Keys() {}

  static String chunked(String key) {
    return key.length() > LONGEST_WHOLE ? key.substring(0, CHUNK) + "/" + key.substring(CHUNK) : key;
  }

  /** What {@link #chunked} was given. */
  static String whole(String chunked) {
    boolean split = chunked.length() > LONGEST_WHOLE + 1 && chunked.charAt(CHUNK) == '/';
    return split ? chunked.substring(0, CHUNK) + chunked.substring(CHUNK + 1) : chunked;
  }
}

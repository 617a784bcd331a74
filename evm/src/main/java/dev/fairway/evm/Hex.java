package dev.fairway.evm;

import java.math.BigInteger;
import java.util.HexFormat;

/** Text as Ethereum's JSON-RPC writes bytes ({@code 0x00ff}) and numbers ({@code 0xff}, no leading zeros). */
public final class Hex {
  private static final HexFormat LOWER = HexFormat.of();
  /** Quantities of fewer characters fit into a long whatever their digits; nearly all that a chain tells of do. */
  private static final int SHORT = 18;

  private Hex() {}

  /** {@code 0x} and two lower-case digits for each byte. */
  public static String of(byte[] bytes) {
    return "0x" + LOWER.formatHex(bytes);
  }

  /** @throws IllegalArgumentException when the text is not {@code 0x} and an even number of hex digits */
  public static byte[] bytes(String text) {
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException("bytes must begin with 0x, are \"" + shorten(text) + "\"");
    }
    return LOWER.parseHex(text, 2, text.length());
  }

  /** A number without leading zeros. */
  public static String of(long number) {
    if (number < 0) {
      throw new IllegalArgumentException("a quantity is not negative, is " + number);
    }
    return "0x" + Long.toHexString(number);
  }

  /** A number without leading zeros. */
  public static String of(BigInteger number) {
    if (number.signum() < 0) {
      throw new IllegalArgumentException("a quantity is not negative, is " + number);
    }
    return "0x" + number.toString(16);
  }

  /** @throws IllegalArgumentException when the text is not {@code 0x} and hex digits */
  public static BigInteger number(String text) {
    if (!text.startsWith("0x") || text.length() < 3 || text.length() > 66 || !HexFormat.isHexDigit(text.charAt(2))) {
      throw new IllegalArgumentException("a quantity must be 0x and 1 to 64 hex digits, is \"" + shorten(text) + "\"");
    }
    return new BigInteger(text.substring(2), 16);
  }

  /** @throws IllegalArgumentException when the text is no number or needs more than 63 bits */
  public static long toLong(String text) {
    if (text.length() > 2 && text.length() < SHORT && text.startsWith("0x") && areDigits(text, 2)) {
      return Long.parseLong(text, 2, text.length(), 16);
    }
    try {
      return number(text).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a quantity of at most 63 bits was expected, is \"" + text + "\"", e);
    }
  }

  /** Whether there are only hex digits from a place on. A log has hundreds of them, hence a plain loop. */
  static boolean areDigits(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}

package dev.fairway.exchange.document;

import java.util.Arrays;
import java.util.Optional;

/** The base58 of Bitcoin addresses: no 0, O, I or l; each leading zero byte is a leading {@code 1}. */
final class Base58 {
  private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final byte[] DIGITS = new byte[128];
  /** Decoding takes quadratic time, so what comes from outside is bounded. */
  private static final int LIMIT = 512;

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      DIGITS[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private Base58() {}

  static String encode(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    // Digits of the number so far, least first; log(256)/log(58) is below 1.38.
    byte[] digits = new byte[(bytes.length - zeros) * 138 / 100 + 1];
    int length = 0;
    for (int i = zeros; i < bytes.length; i++) {
      int carry = bytes[i] & 0xff;
      for (int j = 0; j < length || carry != 0; j++) {
        carry += (j < length ? digits[j] : 0) * 256;
        digits[j] = (byte) (carry % 58);
        carry /= 58;
        length = Math.max(length, j + 1);
      }
    }
    StringBuilder text = new StringBuilder(zeros + length);
    text.repeat('1', zeros);
    for (int j = length - 1; j >= 0; j--) {
      text.append(ALPHABET.charAt(digits[j]));
    }
    return text.toString();
  }

  /** Empty when the text is not base58, or is longer than 512 characters. */
  static Optional<byte[]> decode(String text) {
    if (text.length() > LIMIT) {
      return Optional.empty();
    }
    int ones = 0;
    while (ones < text.length() && text.charAt(ones) == '1') {
      ones++;
    }
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = ones; i < text.length(); i++) {
      char c = text.charAt(i);
      int carry = c < 128 ? DIGITS[c] : -1;
      if (carry < 0) {
        return Optional.empty();
      }
      for (int j = 0; j < length || carry != 0; j++) {
        carry += (j < length ? bytes[j] & 0xff : 0) * 58;
        bytes[j] = (byte) carry;
        carry >>= 8;
        length = Math.max(length, j + 1);
      }
    }
    byte[] result = new byte[ones + length];
    for (int j = 0; j < length; j++) {
      result[ones + j] = bytes[length - 1 - j];
    }
    return Optional.of(result);
  }
}

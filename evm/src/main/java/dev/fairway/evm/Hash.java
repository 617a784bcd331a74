package dev.fairway.evm;

import java.util.Locale;

/** 32 bytes that name a block, a transaction or a topic, as {@code 0x} and 64 lower-case digits. */
public record Hash(String hex) {
  public Hash {
    if (hex.length() != 66 || !hex.startsWith("0x") || !Hex.areDigits(hex, 2)) {
      throw new IllegalArgumentException(
          "a hash must be 0x and 64 hex digits, is \"" + (hex.length() > 80 ? hex.substring(0, 80) + "…" : hex) + "\"");
    }
    hex = hex.toLowerCase(Locale.ROOT);
  }

  /** @throws IllegalArgumentException when there are not 32 bytes */
  public static Hash of(byte[] bytes) {
    return new Hash(Hex.of(bytes));
  }

  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}

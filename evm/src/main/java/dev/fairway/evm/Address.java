package dev.fairway.evm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** An account or contract: 20 bytes, kept in lower case and shown with the check letters of EIP-55. */
public record Address(String hex) {
  public Address {
    if (hex.length() != 42 || !hex.startsWith("0x") || !Hex.areDigits(hex, 2)) {
      throw new IllegalArgumentException("an address must be 0x and 40 hex digits, is \""
          + (hex.length() > 80 ? hex.substring(0, 80) + "…" : hex) + "\"");
    }
    hex = hex.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what a person typed: all lower case, all upper case, or with check letters, which must then be right.
   *
   * @throws IllegalArgumentException when it is no address, or a letter was mistyped (EIP-55)
   */
  public static Address parse(String text) {
    Address address = new Address(text.startsWith("0X") ? "0x" + text.substring(2) : text);
    String digits = text.substring(2);
    boolean mixed = !digits.equals(digits.toLowerCase(Locale.ROOT)) && !digits.equals(digits.toUpperCase(Locale.ROOT));
    if (mixed && !address.checksummed().substring(2).equals(digits)) {
      throw new IllegalArgumentException("address " + text + " has wrong check letters (EIP-55): it was mistyped");
    }
    return address;
  }

  /** The last 20 of 32 bytes, as topics and return values carry an address. */
  public static Address ofWord(byte[] word) {
    if (word.length != 32) {
      throw new IllegalArgumentException("a word has 32 bytes, not " + word.length);
    }
    return new Address(Hex.of(Arrays.copyOfRange(word, 12, 32)));
  }

  /** The account of a public key, given as its 64 bytes without the leading 4. */
  public static Address ofPublicKey(byte[] publicKey) {
    if (publicKey.length != 64) {
      throw new IllegalArgumentException("a public key has 64 bytes, not " + publicKey.length);
    }
    return ofWord(Keccak.hash(publicKey));
  }

  /** With the check letters of EIP-55. */
  public String checksummed() {
    byte[] hash = Keccak.hash(hex.substring(2).getBytes(StandardCharsets.US_ASCII));
    var text = new StringBuilder(hex);
    for (int i = 0; i < 40; i++) {
      int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf;
      if (nibble >= 8) {
        text.setCharAt(i + 2, Character.toUpperCase(hex.charAt(i + 2)));
      }
    }
    return text.toString();
  }

  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public String toString() {
    return checksummed();
  }
}

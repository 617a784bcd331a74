package dev.fairway.datatrust.object;

import java.util.Base64;

/**
 * An X25519 public key (RFC 7748) that data may be encrypted to.
 *
 * @param text its 32 bytes in base64url without padding (RFC 4648, section 5)
 */
public record Recipient(String text) {
  static final int BYTES = 32;

  /** @throws IllegalArgumentException when it is no such key */
  public Recipient {
    if (text.length() != 43 || decode(text).length != BYTES) {
      throw new IllegalArgumentException("must be an X25519 public key, 32 bytes in base64url without padding");
    }
  }

  static Recipient of(byte[] key) {
    return new Recipient(Base64.getUrlEncoder().withoutPadding().encodeToString(key));
  }

  byte[] bytes() {
    return decode(text);
  }

  private static byte[] decode(String text) {
    return Base64.getUrlDecoder().decode(text);
  }
}

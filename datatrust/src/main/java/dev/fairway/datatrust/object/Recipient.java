package dev.fairway.datatrust.object;

import java.util.Base64;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * An X25519 public key (RFC 7748) that data may be encrypted to. A point of small order is none: it gives everybody the same
 * secret, all zeros (RFC 7748, section 6.1).
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
    if (isOfSmallOrder(decode(text))) {
      throw new IllegalArgumentException("must be an X25519 public key that somebody can have");
    }
  }

  /* Any private key will do to see it: each is a multiple of the cofactor, and so of the order of such a point. */
  private static boolean isOfSmallOrder(byte[] key) {
    return !X25519.calculateAgreement(new byte[BYTES], 0, key, 0, new byte[BYTES], 0);
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

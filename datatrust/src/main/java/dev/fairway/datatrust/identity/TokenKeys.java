package dev.fairway.datatrust.identity;

import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What tokens are signed with. A secret is replaced by putting the new one first: tokens of the one before are believed as long
 * as it is named, so nobody has to log in again.
 *
 * @param signing signs from now on
 * @param before signed until now, and still believed
 */
public record TokenKeys(Secret signing, List<Secret> before) {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int NAME = 8;

  /** @throws IllegalArgumentException when one of them is blank, which everybody can sign with */
  public TokenKeys {
    before = List.copyOf(before);
    if (signing.reveal().isBlank() || before.stream().anyMatch(secret -> secret.reveal().isBlank())) {
      throw new IllegalArgumentException("a secret that tokens are signed with must not be blank");
    }
  }

  /** The key to sign with. */
  Key current() {
    return new Key(signing);
  }

  /** Those that may have signed a token: the one it names, or all when it names none, as tokens of older services do. */
  List<Key> named(String name) {
    return Stream.concat(Stream.of(signing), before.stream()).map(Key::new)
        .filter(key -> name.isEmpty() || key.name().equals(name)).toList();
  }

  /** One of them. */
  record Key(Secret secret) {
    /** Its {@code kid} (RFC 7515, section 4.1.4), which says nothing of the secret. */
    String name() {
      return HexFormat.of().formatHex(Arrays.copyOf(mac("fairway datatrust token key"), NAME));
    }

    byte[] mac(String text) {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}

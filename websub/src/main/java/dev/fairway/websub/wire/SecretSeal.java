package dev.fairway.websub.wire;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps secrets unreadable at rest: AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to the purpose it is sealed
 * for. The first key seals; all keys open, so that a new one can be put in front. Safe for many threads.
 */
public final class SecretSeal {
  private static final int KEY_ID_BYTES = 4;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final List<Key> keys;
  private final SecureRandom random = new SecureRandom();

  /** @param keys 32 bytes each in base64, newest first */
  public SecretSeal(List<Secret> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("at least one sealing key is needed");
    }
    this.keys = keys.stream().map(Key::of).toList();
  }

  /** A key nobody has yet, in base64. */
  public static Secret newKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return new Secret(Base64.getEncoder().encodeToString(key));
  }

  /** The sealed secret in base64; opened only with the same purpose. */
  public String seal(Secret secret, String purpose) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    Key key = keys.getFirst();
    byte[] sealed = run(Cipher.ENCRYPT_MODE, key, nonce, purpose, secret.reveal().getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(KEY_ID_BYTES + NONCE_BYTES + sealed.length).put(key.id)
            .put(nonce).put(sealed).array());
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws FairwayException with {@code CONFIGURATION} when the key it was sealed with is not among the keys, or it has
   * been altered
   */
  public Secret open(String sealed, String purpose) {
    byte[] bytes = Base64.getDecoder().decode(sealed);
    if (bytes.length > KEY_ID_BYTES + NONCE_BYTES) {
      byte[] id = Arrays.copyOf(bytes, KEY_ID_BYTES);
      byte[] nonce = Arrays.copyOfRange(bytes, KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
      byte[] content = Arrays.copyOfRange(bytes, KEY_ID_BYTES + NONCE_BYTES, bytes.length);
      for (Key key : keys) {
        if (Arrays.equals(key.id, id)) {
          return new Secret(
              new String(run(Cipher.DECRYPT_MODE, key, nonce, purpose, content), StandardCharsets.UTF_8));
        }
      }
    }
    throw new FairwayException(ErrorCode.CONFIGURATION,
        "a subscription's secret was sealed with a key that is not configured; add the earlier key after the present one");
  }

  private static byte[] run(int mode, Key key, byte[] nonce, String purpose, byte[] content) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key.aes, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "a subscription's secret cannot be opened; it was altered",
          e);
    }
  }

  private static final class Key {
    final byte[] id;
    final SecretKeySpec aes;

    private Key(byte[] id, SecretKeySpec aes) {
      this.id = id;
      this.aes = aes;
    }

    static Key of(Secret key) {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(key.reveal());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("a sealing key must be base64", e);
      }
      if (bytes.length != 32) {
        throw new IllegalArgumentException("a sealing key must have 32 bytes, has " + bytes.length);
      }
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        return new Key(Arrays.copyOf(digest, KEY_ID_BYTES), new SecretKeySpec(bytes, "AES"));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK does not have SHA-256", e);
      }
    }
  }
}

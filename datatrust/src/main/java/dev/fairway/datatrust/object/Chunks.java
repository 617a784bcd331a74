package dev.fairway.datatrust.object;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * How an object is encrypted: chunks of 64 KiB, each by AES-256-GCM under the object's own key, with the chunk's number and
 * whether it is the last as its nonce (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). So a chunk
 * can be read alone, and none can be changed, moved, left out or cut off unnoticed. The key is used for one object only, so
 * no nonce comes twice. An empty object is one empty chunk.
 */
final class Chunks {
  static final int PLAIN = 64 << 10;
  static final int TAG = 16;
  static final int SEALED = PLAIN + TAG;
  private static final int TAG_BITS = TAG * 8;
  private static final int NONCE = 12;

  private final SecretKey key;
  private final Cipher cipher;

  Chunks(SecretKey key) throws GeneralSecurityException {
    this.key = key;
    this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
  }

  /** Bytes of the ciphertext of so many bytes. */
  static long sealedSize(long plain) {
    return plain + TAG * count(plain);
  }

  static long count(long plain) {
    return plain == 0 ? 1 : (plain + PLAIN - 1) / PLAIN;
  }

  int seal(long number, boolean last, byte[] plain, int length, byte[] sealed) throws GeneralSecurityException {
    cipher.init(Cipher.ENCRYPT_MODE, key, nonce(number, last));
    return cipher.doFinal(plain, 0, length, sealed, 0);
  }

  /** @throws AEADBadTagException when the chunk is not what was written at that place */
  int open(long number, boolean last, byte[] sealed, int length, byte[] plain) throws GeneralSecurityException {
    cipher.init(Cipher.DECRYPT_MODE, key, nonce(number, last));
    return cipher.doFinal(sealed, 0, length, plain, 0);
  }

  private static GCMParameterSpec nonce(long number, boolean last) {
    return new GCMParameterSpec(TAG_BITS,
        ByteBuffer.allocate(NONCE).putLong(number).putInt(last ? 1 : 0).array());
  }
}

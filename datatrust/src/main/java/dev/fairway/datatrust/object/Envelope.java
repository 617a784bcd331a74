package dev.fairway.datatrust.object;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * Data encrypted to one recipient alone, so that nothing between the node and the recipient sees them, nor anybody who has
 * only the recipient's token. Hybrid public key encryption in its base mode (RFC 9180; DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM): 32 bytes of encapsulated key, then the data in the chunks of data at rest, under the secret of 32
 * bytes that the context exports for {@code chunks}. The purpose is HPKE's {@code info}: a recipient who was told another one
 * cannot open it.
 */
public final class Envelope {
  static final int ENCAPSULATED = 32;
  private static final byte[] CHUNKS = {'c', 'h', 'u', 'n', 'k', 's'};
  private static final int KEY = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Envelope() {}

  private static HPKE suite() {
    return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  private static SecretKey chunkKey(HPKEContext context) {
    return new SecretKeySpec(context.export(CHUNKS, KEY), "AES");
  }

  /**
   * Encrypts what is read, where it is read; seeking serves ranges. Closing it closes the plain data.
   *
   * @param seed 32 secret bytes that are the same only for the same data, purpose and recipient; then so is the envelope
   */
  static SeekableByteChannel seal(SeekableByteChannel plain, long size, Recipient to, byte[] purpose, byte[] seed) {
    HPKE suite = suite();
    HPKEContextWithEncapsulation context = suite.setupBaseS(suite.deserializePublicKey(to.bytes()), purpose,
        suite.deriveKeyPair(seed));
    try {
      return new EnvelopeChannel(plain, size, context.getEncapsulation(), new Chunks(chunkKey(context)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("there is no AES-GCM", e);
    }
  }

  /** A recipient's key pair, made for one download. */
  public static final class Opener {
    private final AsymmetricCipherKeyPair pair;

    public Opener() {
      byte[] seed = new byte[KEY];
      RANDOM.nextBytes(seed);
      this.pair = suite().deriveKeyPair(seed);
    }

    public Recipient recipient() {
      return Recipient.of(suite().serializePublicKey(pair.getPublic()));
    }

    /**
     * Opens an envelope; bytes that are passed on are those that were sealed.
     *
     * @throws IOException when it was made for somebody or something else, was changed, or is cut off
     */
    public void open(InputStream sealed, byte[] purpose, OutputStream plain) throws IOException {
      byte[] encapsulated = sealed.readNBytes(ENCAPSULATED);
      try {
        Chunks chunks = new Chunks(chunkKey(suite().setupBaseR(encapsulated, pair, purpose)));
        byte[] current = sealed.readNBytes(Chunks.SEALED);
        byte[] opened = new byte[Chunks.PLAIN];
        boolean last = false;
        for (long number = 0; !last; number++) {
          byte[] next = current.length < Chunks.SEALED ? new byte[0] : sealed.readNBytes(Chunks.SEALED);
          last = next.length == 0;
          plain.write(opened, 0, chunks.open(number, last, current, current.length, opened));
          current = next;
        }
      } catch (GeneralSecurityException | IllegalStateException | IllegalArgumentException e) {
        throw new IOException("these data are not encrypted to this key for this purpose, or are damaged", e);
      }
    }
  }
}

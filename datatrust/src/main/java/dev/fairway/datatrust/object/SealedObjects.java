package dev.fairway.datatrust.object;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Objects encrypted at rest, each under a random key of its own; that key is stored beside it, encrypted under the node's
 * (envelope encryption). Ciphertexts are blobs, so a write is durable or leaves nothing, and memory does not depend on size.
 * Safe for many threads.
 */
public final class SealedObjects {
  private static final String ALGORITHM = "AES";
  private static final String MAC = "HmacSHA256";
  private static final int KEY = 32;
  private static final int NONCE = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Blobs blobs;
  private final SecretKey master;
  private final SecretKey envelopes;

  /** @param secret the node's; a key for this purpose is derived from it */
  public SealedObjects(Blobs blobs, Secret secret) {
    this.blobs = blobs;
    SecretKey root = new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), MAC);
    this.master = new SecretKeySpec(mac(root, "fairway datatrust objects 1".getBytes(StandardCharsets.UTF_8)),
        ALGORITHM);
    this.envelopes = new SecretKeySpec(mac(root, "fairway datatrust envelopes 1".getBytes(StandardCharsets.UTF_8)),
        MAC);
  }

  private static byte[] mac(SecretKey key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(key);
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Streams an object in.
   *
   * @param limit most bytes of plain text
   * @param digests run over the plain text; the last, best the slowest, beside the others
   * @throws FairwayException with {@code TOO_LARGE} past the limit, {@code DISK_FULL} when space is out; nothing is kept
   */
  public SealedObject write(InputStream plain, long limit, List<MessageDigest> digests) throws IOException {
    byte[] key = new byte[KEY];
    RANDOM.nextBytes(key);
    try {
      SealingStream stream = new SealingStream(plain, new Chunks(new SecretKeySpec(key, ALGORITHM)), digests);
      Blob blob;
      try {
        blob = blobs.write(stream, Chunks.sealedSize(limit), List.of());
      } catch (FairwayException e) {
        if (e.code() == ErrorCode.TOO_LARGE) {
          throw new FairwayException(ErrorCode.TOO_LARGE, "more than " + limit + " bytes", e);
        }
        throw e;
      }
      return new SealedObject(blob.id(), stream.size(), wrap(key, blob.id()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM does not encrypt", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The plain text, to be closed by the caller; seeking serves ranges. The object's length and last chunk were checked.
   * Empty when there is no such object.
   *
   * @throws FairwayException with {@code STORE_CORRUPT} when it is not what was written, or the node's key is another
   */
  public Optional<SeekableByteChannel> open(SealedObject object) throws IOException {
    Optional<SeekableByteChannel> sealed = blobs.open(object.blob());
    if (sealed.isEmpty()) {
      return Optional.empty();
    }
    try {
      OpenedChannel opened = new OpenedChannel(sealed.get(), new Chunks(unwrap(object)), object.size(),
          object.blob().hex());
      opened.probe();
      return Optional.of(opened);
    } catch (GeneralSecurityException | IOException e) {
      sealed.get().close();
      throw new FairwayException(ErrorCode.STORE_CORRUPT, "cannot read the stored object " + object.blob() + ": "
          + e.getMessage() + "; either it is damaged, or the sealing key is not the one it was written with", e);
    }
  }

  /**
   * The object encrypted to somebody alone. The same object for the same purpose and recipient is the same bytes each time, so
   * that a broken download can go on.
   *
   * @param plain the object, open; closed with what is returned
   * @param purpose what the recipient must know to open it
   */
  public SeekableByteChannel envelope(SealedObject object, SeekableByteChannel plain, Recipient to, byte[] purpose) {
    byte[] seed = mac(envelopes, object.blob().sha256(), to.bytes(), purpose);
    return Envelope.seal(plain, object.size(), to, purpose, seed);
  }

  /** Reads the whole object through a digest; what the scrubber compares with the chain. */
  public byte[] digest(SealedObject object, MessageDigest digest) throws IOException {
    try (SeekableByteChannel channel = open(object).orElseThrow(
        () -> new FairwayException(ErrorCode.STORE_CORRUPT, "the stored object " + object.blob() + " is missing"))) {
      ByteBuffer buffer = ByteBuffer.allocate(Chunks.PLAIN);
      while (channel.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
      return digest.digest();
    }
  }

  public boolean delete(BlobId blob) throws IOException {
    return blobs.delete(blob);
  }

  /** The blobs under it, for collecting what nobody needs. */
  public Blobs blobs() {
    return blobs;
  }

  private byte[] wrap(byte[] key, BlobId blob) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, blob);
    byte[] wrapped = cipher.doFinal(key);
    return ByteBuffer.allocate(NONCE + wrapped.length).put(nonce).put(wrapped).array();
  }

  private SecretKey unwrap(SealedObject object) throws GeneralSecurityException {
    if (object.key().length <= NONCE) {
      throw new GeneralSecurityException("its key is cut off");
    }
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(object.key(), NONCE), object.blob());
    return new SecretKeySpec(cipher.doFinal(object.key(), NONCE, object.key().length - NONCE), ALGORITHM);
  }

  /* The ciphertext's name goes in, so that a key cannot be put beside another object. */
  private Cipher cipher(int mode, byte[] nonce, BlobId blob) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, master, new GCMParameterSpec(Chunks.TAG * 8, nonce));
    cipher.updateAAD(blob.sha256());
    return cipher;
  }
}

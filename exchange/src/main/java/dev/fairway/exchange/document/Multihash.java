package dev.fairway.exchange.document;

import dev.fairway.core.blob.BlobId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A digest that says which algorithm made it (multiformats.io/multihash), written in base58btc without a prefix. The ones
 * the exchange makes are SHA-256 of the raw bytes: 46 characters that begin with {@code Qm}. That is not the name IPFS
 * gives the same file, because IPFS hashes a block that wraps it.
 */
public final class Multihash {
  private static final int SHA_256 = 0x12;
  private static final int SHA_256_BYTES = 32;

  private final String text;
  private final int code;
  private final byte[] digest;

  private Multihash(String text, int code, byte[] digest) {
    this.text = text;
    this.code = code;
    this.digest = digest;
  }

  /** The name of the bytes with this SHA-256. */
  public static Multihash of(BlobId blob) {
    byte[] digest = blob.sha256();
    byte[] bytes = ByteBuffer.allocate(2 + digest.length).put((byte) SHA_256).put((byte) SHA_256_BYTES).put(digest)
        .array();
    return new Multihash(Base58.encode(bytes), SHA_256, digest);
  }

  /**
   * Reads any multihash whose code is registered and whose stated length is its length; the length is not compared with
   * the algorithm's own, because documents named that way are in use. Empty when it is none.
   */
  public static Optional<Multihash> parse(String text) {
    return Base58.decode(text).flatMap(bytes -> ofBytes(text, bytes));
  }

  static boolean isMultihash(byte[] bytes) {
    return ofBytes("", bytes).isPresent();
  }

  private static Optional<Multihash> ofBytes(String text, byte[] bytes) {
    if (bytes.length < 3) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int code = Varint.read(in);
    int length = Varint.read(in);
    if (length != in.remaining() || !registered(code)) {
      return Optional.empty();
    }
    byte[] digest = Arrays.copyOfRange(bytes, in.position(), bytes.length);
    return Optional.of(new Multihash(text, code, digest));
  }

  /** Codes of the multicodec table with the tag "multihash", and those reserved for applications. */
  private static boolean registered(int code) {
    return (code >= 0x00 && code <= 0x1e) || code == 0x22 || code == 0x23 || (code >= 0x52 && code <= 0x57)
        || code == 0xd5 || (code >= 0x1011 && code <= 0x1016) || code == 0x1052 || code == 0x1100 || code == 0x534d
        || (code >= 0xb201 && code <= 0xb260) || (code >= 0xb301 && code <= 0xb3e0);
  }

  /** The blob it names; empty when it is not a whole SHA-256. */
  public Optional<BlobId> blob() {
    return code == SHA_256 && digest.length == SHA_256_BYTES ? Optional.of(BlobId.of(digest)) : Optional.empty();
  }

  public int code() {
    return code;
  }

  /** Bytes of the digest. */
  public int length() {
    return digest.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multihash that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.fairway.exchange.simplex;

import dev.fairway.core.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A node's own key for signing what it hands to others (Ed25519, RFC 8032). Safe for many threads. */
public final class SigningKey {
  /** What stands before the 32 bytes of a public key in its X.509 form (RFC 8410). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");
  /** And before the 32 bytes of a private one in its PKCS #8 form. */
  private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private final PrivateKey key;
  private final String publicText;

  private SigningKey(PrivateKey key, String publicText) {
    this.key = key;
    this.publicText = publicText;
  }

  /** A new key from the system's random source, as text: 32 bytes in base64. */
  public static Secret make() {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    return new Secret(Base64.getEncoder().encodeToString(seed));
  }

  /**
   * Reads a key.
   *
   * @throws IllegalArgumentException when it is not 32 bytes in base64; the message does not show it
   */
  public static SigningKey of(Secret text) {
    byte[] seed;
    try {
      seed = Base64.getDecoder().decode(text.reveal().strip());
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message shows a part of the key.
      throw new IllegalArgumentException("a signing key must be 32 bytes in base64; this one is not");
    }
    if (seed.length != 32) {
      throw new IllegalArgumentException("a signing key must be 32 bytes in base64, is " + seed.length);
    }
    try {
      PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(joined(PKCS8, seed)));
      return new SigningKey(key, publicText(seed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /** The platform derives a public key only when it makes a pair, so it is made from a source that gives this seed. */
  private static String publicText(byte[] seed) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
    var pair = generator.generateKeyPair();
    if (!(pair.getPrivate() instanceof EdECPrivateKey made) || !Arrays.equals(made.getBytes().orElseThrow(), seed)) {
      throw new IllegalStateException("this platform does not make an Ed25519 key from a given seed");
    }
    byte[] whole = pair.getPublic().getEncoded();
    return Base64.getEncoder().encodeToString(Arrays.copyOfRange(whole, whole.length - 32, whole.length));
  }

  /** Gives bytes that are known beforehand. */
  private static final class Given extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] bytes;

    Given(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] into) {
      System.arraycopy(bytes, 0, into, 0, into.length);
    }
  }

  /** What partners must know of it: 32 bytes in base64. */
  public String publicText() {
    return publicText;
  }

  /**
   * Reads a partner's key.
   *
   * @throws IllegalArgumentException when it is not 32 bytes in base64, or no point of the curve
   */
  public static PublicKey publicKey(String text) {
    byte[] point = Base64.getDecoder().decode(text.strip());
    if (point.length != 32) {
      throw new IllegalArgumentException("a public key must be 32 bytes in base64, is " + point.length);
    }
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(joined(SPKI, point)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 public key", e);
    }
  }

  byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  static boolean verifies(PublicKey key, byte[] bytes, byte[] signed) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(bytes);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] whole = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, whole, first.length, second.length);
    return whole;
  }

  @Override
  public String toString() {
    return "SigningKey " + publicText;
  }
}

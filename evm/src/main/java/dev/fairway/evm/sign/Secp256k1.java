package dev.fairway.evm.sign;

import dev.fairway.evm.Address;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ECDSA on the curve of Bitcoin and Ethereum, by libsecp256k1 where it runs and by Bouncy Castle elsewhere. Both give the
 * same signature for the same key and digest (RFC 6979 nonces, low {@code s}). Safe for many threads.
 */
public abstract sealed class Secp256k1 {
  private static final Logger LOG = LoggerFactory.getLogger(Secp256k1.class);
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  static final BigInteger ORDER = CURVE.getN();
  static final BigInteger HALF_ORDER = ORDER.shiftRight(1);
  private static final Secp256k1 BEST = load();

  private Secp256k1() {}

  /** The fastest that runs on this machine. */
  public static Secp256k1 best() {
    return BEST;
  }

  /** Bouncy Castle's, which runs everywhere. */
  public static Secp256k1 portable() {
    return new Portable();
  }

  /**
   * Signs 32 bytes.
   *
   * @throws IllegalArgumentException when the key is no key: not 32 bytes, zero, or not below the order
   */
  public abstract Signature sign(byte[] digest, byte[] privateKey);

  /** The 64 bytes of a private key's public key. */
  public abstract byte[] publicKey(byte[] privateKey);

  /**
   * The 64 bytes of the public key that made the signature.
   *
   * @throws IllegalArgumentException when no key could have made it
   */
  public abstract byte[] recover(byte[] digest, Signature signature);

  /** Whose key signed the digest. */
  public final Address signer(byte[] digest, Signature signature) {
    return Address.ofPublicKey(recover(digest, signature));
  }

  static void checkKey(byte[] privateKey) {
    BigInteger value = new BigInteger(1, privateKey);
    if (privateKey.length != 32 || value.signum() == 0 || value.compareTo(ORDER) >= 0) {
      throw new IllegalArgumentException(
          "a private key must be 32 bytes, not zero and below the order of secp256k1; this one is not");
    }
  }

  private static void checkDigest(byte[] digest) {
    if (digest.length != 32) {
      throw new IllegalArgumentException("a digest to sign has 32 bytes, not " + digest.length);
    }
  }

  private static Secp256k1 load() {
    try {
      var loaded = new Native(fr.acinq.secp256k1.Secp256k1.get());
      byte[] one = new byte[32];
      one[31] = 1;
      loaded.sign(new byte[32], one);
      return loaded;
    } catch (LinkageError | IllegalStateException e) {
      LOG.warn("native secp256k1 does not load, signing is about ten times slower cause={}", e.toString());
      return new Portable();
    }
  }

  private static final class Native extends Secp256k1 {
    private final fr.acinq.secp256k1.Secp256k1 library;

    Native(fr.acinq.secp256k1.Secp256k1 library) {
      this.library = library;
    }

    @Override
    public Signature sign(byte[] digest, byte[] privateKey) {
      checkDigest(digest);
      checkKey(privateKey);
      byte[] compact = library.sign(digest, privateKey);
      byte[] publicKey = library.pubkeyCreate(privateKey);
      for (int recovery = 0; recovery < 2; recovery++) {
        if (Arrays.equals(library.ecdsaRecover(compact, digest, recovery), publicKey)) {
          return new Signature(new BigInteger(1, Arrays.copyOf(compact, 32)),
              new BigInteger(1, Arrays.copyOfRange(compact, 32, 64)), recovery);
        }
      }
      throw new IllegalStateException("a fresh signature does not lead back to its key");
    }

    @Override
    public byte[] publicKey(byte[] privateKey) {
      checkKey(privateKey);
      return Arrays.copyOfRange(library.pubkeyCreate(privateKey), 1, 65);
    }

    @Override
    public byte[] recover(byte[] digest, Signature signature) {
      checkDigest(digest);
      try {
        return Arrays.copyOfRange(library.ecdsaRecover(signature.compact(), digest, signature.recovery()), 1, 65);
      } catch (fr.acinq.secp256k1.Secp256k1Exception e) {
        throw new IllegalArgumentException("no key could have made this signature", e);
      }
    }
  }

  private static final class Portable extends Secp256k1 {
    private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);

    @Override
    public Signature sign(byte[] digest, byte[] privateKey) {
      checkDigest(digest);
      checkKey(privateKey);
      var signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
      signer.init(true, new ECPrivateKeyParameters(new BigInteger(1, privateKey), DOMAIN));
      BigInteger[] rs = signer.generateSignature(digest);
      BigInteger s = rs[1].compareTo(HALF_ORDER) > 0 ? ORDER.subtract(rs[1]) : rs[1];
      byte[] publicKey = publicKey(privateKey);
      for (int recovery = 0; recovery < 2; recovery++) {
        var signature = new Signature(rs[0], s, recovery);
        if (Arrays.equals(recover(digest, signature), publicKey)) {
          return signature;
        }
      }
      throw new IllegalStateException("a fresh signature does not lead back to its key");
    }

    @Override
    public byte[] publicKey(byte[] privateKey) {
      checkKey(privateKey);
      return point(CURVE.getG().multiply(new BigInteger(1, privateKey)));
    }

    @Override
    public byte[] recover(byte[] digest, Signature signature) {
      checkDigest(digest);
      byte[] compressed = new byte[33];
      compressed[0] = (byte) (2 + signature.recovery());
      System.arraycopy(Signature.word(signature.r()), 0, compressed, 1, 32);
      ECPoint r = CURVE.getCurve().decodePoint(compressed);
      BigInteger inverse = signature.r().modInverse(ORDER);
      BigInteger e = new BigInteger(1, digest);
      ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), e.negate().multiply(inverse).mod(ORDER), r,
          signature.s().multiply(inverse).mod(ORDER));
      if (key.isInfinity()) {
        throw new IllegalArgumentException("no key could have made this signature");
      }
      return point(key);
    }

    private static byte[] point(ECPoint point) {
      return Arrays.copyOfRange(point.normalize().getEncoded(false), 1, 65);
    }
  }
}

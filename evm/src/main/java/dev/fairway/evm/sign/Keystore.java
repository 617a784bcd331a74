package dev.fairway.evm.sign;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.evm.Address;
import dev.fairway.evm.Keccak;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key in a file, encrypted under a pass phrase, as geth, web3 and most wallets write it (Web3 Secret Storage, version 3,
 * AES-128-CTR with scrypt or PBKDF2). The file is made readable to its owner only.
 */
public final class Keystore {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HexFormat HEX = HexFormat.of();
  /** Bounds on what a file may make us compute: 1 GiB of memory for scrypt, 10 million rounds for PBKDF2. */
  private static final long MOST_MEMORY = 1L << 30;
  private static final int MOST_ROUNDS = 10_000_000;
  private static final int MOST_BYTES = 64 * 1024;

  /** How hard a pass phrase is to try: scrypt's {@code n}, with {@code r} 8 and {@code p} 1. */
  public enum Hardness {
    /** What wallets write: about a second and 256 MiB. */
    USUAL(1 << 18),
    /** For tests. */
    LIGHT(1 << 12);

    private final int n;

    Hardness(int n) {
      this.n = n;
    }
  }

  private Keystore() {}

  /**
   * Opens a key file.
   *
   * @throws FairwayException with {@code CONFIGURATION} when the file cannot be read, is no such file, or the pass phrase
   * is wrong
   */
  public static KeySigner open(Path file, Secret passPhrase) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw refusal(file, "it has more than " + MOST_BYTES + " bytes", null);
      }
      return new KeySigner(decrypt(JSON.readTree(Files.readString(file)), passPhrase));
    } catch (IOException e) {
      throw refusal(file, e.toString(), e);
    } catch (JacksonException e) {
      throw refusal(file, "it is not JSON", null);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw refusal(file, String.valueOf(e.getMessage()), null);
    }
  }

  /**
   * Writes a key file; fails when there is one.
   *
   * @return the account
   */
  public static Address write(Path file, byte[] privateKey, Secret passPhrase, Hardness hardness) throws IOException {
    Secp256k1.checkKey(privateKey);
    Address address = new KeySigner(privateKey).address();
    byte[] text = JSON.writerWithDefaultPrettyPrinter()
        .writeValueAsBytes(encrypt(privateKey, address, passPhrase, hardness));
    Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    return address;
  }

  /** A new key from the system's random source. */
  public static byte[] newKey() {
    var random = new SecureRandom();
    byte[] key = new byte[32];
    while (true) {
      random.nextBytes(key);
      try {
        Secp256k1.checkKey(key);
        return key;
      } catch (IllegalArgumentException e) {
        // One in 2^128: zero, or not below the order.
      }
    }
  }

  static ObjectNode encrypt(byte[] privateKey, Address address, Secret passPhrase, Hardness hardness) {
    var random = new SecureRandom();
    byte[] salt = new byte[32];
    byte[] iv = new byte[16];
    random.nextBytes(salt);
    random.nextBytes(iv);
    byte[] derived = SCrypt.generate(passPhrase.reveal().getBytes(StandardCharsets.UTF_8), salt, hardness.n, 8, 1, 32);
    byte[] cipherText;
    try {
      cipherText = aesCtr(Cipher.ENCRYPT_MODE, derived, iv, privateKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES is missing", e);
    }
    ObjectNode file = JSON.createObjectNode();
    file.put("version", 3).put("id", UUID.randomUUID().toString()).put("address", address.hex().substring(2));
    ObjectNode crypto = file.putObject("crypto");
    crypto.put("cipher", "aes-128-ctr").put("ciphertext", HEX.formatHex(cipherText));
    crypto.putObject("cipherparams").put("iv", HEX.formatHex(iv));
    crypto.put("kdf", "scrypt");
    crypto.putObject("kdfparams").put("dklen", 32).put("n", hardness.n).put("r", 8).put("p", 1).put("salt",
        HEX.formatHex(salt));
    crypto.put("mac", HEX.formatHex(mac(derived, cipherText)));
    return file;
  }

  static byte[] decrypt(JsonNode file, Secret passPhrase) throws GeneralSecurityException {
    if (file.path("version").asInt(0) != 3) {
      throw new IllegalArgumentException("it is not a key file of version 3");
    }
    JsonNode crypto = file.has("crypto") ? file.path("crypto") : file.path("Crypto");
    if (!"aes-128-ctr".equals(crypto.path("cipher").asString(""))) {
      throw new IllegalArgumentException("its cipher is not aes-128-ctr");
    }
    byte[] derived = derive(crypto.path("kdf").asString(""), crypto.path("kdfparams"), passPhrase);
    byte[] cipherText = hex(crypto, "ciphertext");
    if (!MessageDigest.isEqual(mac(derived, cipherText), hex(crypto, "mac"))) {
      throw new IllegalArgumentException("the pass phrase is wrong, or the file is damaged");
    }
    byte[] key = aesCtr(Cipher.DECRYPT_MODE, derived, hex(crypto.path("cipherparams"), "iv"), cipherText);
    Secp256k1.checkKey(key);
    return key;
  }

  private static byte[] derive(String kdf, JsonNode parameters, Secret passPhrase) {
    byte[] secret = passPhrase.reveal().getBytes(StandardCharsets.UTF_8);
    byte[] salt = hex(parameters, "salt");
    int length = parameters.path("dklen").asInt(0);
    if (length != 32) {
      throw new IllegalArgumentException("its dklen is not 32");
    }
    return switch (kdf) {
      case "scrypt" -> {
        int n = parameters.path("n").asInt(0);
        int r = parameters.path("r").asInt(0);
        int p = parameters.path("p").asInt(0);
        if (n < 2 || Integer.bitCount(n) != 1 || r < 1 || p < 1 || p > 64 || 128L * n * r > MOST_MEMORY) {
          throw new IllegalArgumentException(
              "its scrypt parameters are out of bounds: n=%d r=%d p=%d".formatted(n, r, p));
        }
        yield SCrypt.generate(secret, salt, n, r, p, length);
      }
      case "pbkdf2" -> {
        int rounds = parameters.path("c").asInt(0);
        if (rounds < 1 || rounds > MOST_ROUNDS || !"hmac-sha256".equals(parameters.path("prf").asString(""))) {
          throw new IllegalArgumentException("its pbkdf2 parameters are out of bounds");
        }
        var generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(secret, salt, rounds);
        yield ((KeyParameter) generator.generateDerivedMacParameters(length * 8)).getKey();
      }
      default -> throw new IllegalArgumentException("its kdf is neither scrypt nor pbkdf2");
    };
  }

  private static byte[] aesCtr(int mode, byte[] derived, byte[] iv, byte[] bytes) throws GeneralSecurityException {
    if (iv.length != 16) {
      throw new IllegalArgumentException("its iv has not 16 bytes");
    }
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(mode, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(iv));
    return cipher.doFinal(bytes);
  }

  private static byte[] mac(byte[] derived, byte[] cipherText) {
    byte[] input = Arrays.copyOf(Arrays.copyOfRange(derived, 16, 32), 16 + cipherText.length);
    System.arraycopy(cipherText, 0, input, 16, cipherText.length);
    return Keccak.hash(input);
  }

  private static byte[] hex(JsonNode node, String field) {
    String text = node.path(field).asString("");
    try {
      return HEX.parseHex(text.startsWith("0x") ? text.substring(2) : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its " + field + " is not hex", e);
    }
  }

  private static FairwayException refusal(Path file, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new FairwayException(ErrorCode.CONFIGURATION, "key file " + file + " cannot be used: " + why, cause);
  }
}

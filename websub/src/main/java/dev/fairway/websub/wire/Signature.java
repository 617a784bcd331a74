package dev.fairway.websub.wire;

import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The {@code X-Hub-Signature} header: {@code method=hex}, an HMAC of the body keyed with the subscription's secret (WebSub 8,
 * "Authenticated Content Distribution").
 */
public final class Signature {
  public static final String HEADER = "X-Hub-Signature";

  private Signature() {}

  /** The hash functions WebSub recognises. */
  public enum Method {
    SHA1("HmacSHA1"), SHA256("HmacSHA256"), SHA384("HmacSHA384"), SHA512("HmacSHA512");

    private final String algorithm;

    Method(String algorithm) {
      this.algorithm = algorithm;
    }

    /** As it is written in the header: {@code sha256}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The method of that word, in any case. */
    public static Optional<Method> of(String word) {
      for (Method method : values()) {
        if (method.word().equalsIgnoreCase(word)) {
          return Optional.of(method);
        }
      }
      return Optional.empty();
    }
  }

  /** The header's value for a body. */
  public static String of(Method method, Secret secret, byte[] body) {
    return method.word() + "=" + HexFormat.of().formatHex(hmac(method, secret, body));
  }

  /** Whether the header's value is the body's signature with one of the secrets. Takes the same time for any wrong value. */
  public static boolean verify(String header, byte[] body, List<Secret> secrets) {
    int equals = header.indexOf('=');
    if (equals < 0) {
      return false;
    }
    Optional<Method> method = Method.of(header.substring(0, equals).strip());
    byte[] claimed;
    try {
      claimed = HexFormat.of().parseHex(header.substring(equals + 1).strip());
    } catch (IllegalArgumentException _) {
      return false;
    }
    boolean right = false;
    for (Secret secret : secrets) {
      right |= method.isPresent() && MessageDigest.isEqual(hmac(method.get(), secret, body), claimed);
    }
    return right;
  }

  private static byte[] hmac(Method method, Secret secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance(method.algorithm);
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), method.algorithm));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK does not have " + method.algorithm, e);
    }
  }
}

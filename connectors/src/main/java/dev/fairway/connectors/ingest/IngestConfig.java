package dev.fairway.connectors.ingest;

import dev.fairway.connector.Setting;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Who may post. What is configured is required, both of them when both are. */
public record IngestConfig(
    @Setting(description = "What a sender gives as Authorization: Bearer TOKEN", secret = true) Optional<String> token,
    @Setting(description = "How a sender signs what it posts") Optional<Signature> signature,
    @Setting(description = "Let everybody post; without a token and a signature only", defaultValue = "false") boolean open) {
  private static final String BEARER = "bearer ";
  private static final int SHORTEST_SECRET = 16;

  public IngestConfig {
    if (open == (token.isPresent() || signature.isPresent())) {
      throw new IllegalArgumentException(open
          ? "open lets everybody post, so a token or a signature makes no sense beside it"
          : "a token or a signature is needed; open: true lets everybody post");
    }
    token.ifPresent(secret -> longEnough("the token", secret));
  }

  @Override
  public String toString() {
    return "IngestConfig[" + (open ? "open" : "guarded") + "]";
  }

  private static void longEnough(String what, String secret) {
    if (secret.length() < SHORTEST_SECRET) {
      throw new IllegalArgumentException(
          what + " must have at least " + SHORTEST_SECRET + " characters, has " + secret.length());
    }
  }

  /** Whether the token is the right one, where there must be one; can be told before the body is read. */
  boolean knows(Function<String, Optional<String>> headers) {
    return token.map(expected -> headers.apply("Authorization")
        .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
        .map(value -> same(value.substring(BEARER.length()).strip(), expected)).orElse(false)).orElse(true);
  }

  /** Whether the body is signed, where it must be. */
  boolean signed(Function<String, Optional<String>> headers, byte[] body) {
    return signature.map(expected -> headers.apply(expected.header())
        .map(value -> same(value.strip().toLowerCase(Locale.ROOT), expected.of(body))).orElse(false)).orElse(true);
  }

  /* In constant time, so that nobody learns a secret bit by bit. */
  private static boolean same(String given, String expected) {
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  /** HMAC-SHA256 (RFC 2104) of the body in hexadecimal, as GitHub and many others send it. */
  public record Signature(
      @Setting(description = "Header of the signature", defaultValue = "\"X-Hub-Signature-256\"") String header,
      @Setting(description = "What stands before the hexadecimal digits", defaultValue = "\"sha256=\"") String prefix,
      @Setting(description = "The key both sides know", secret = true) String secret) {
    private static final String ALGORITHM = "HmacSHA256";

    public Signature {
      longEnough("the signature's secret", secret);
      prefix = prefix.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return "Signature[" + header + "]";
    }

    String of(byte[] body) {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        return prefix + HexFormat.of().formatHex(mac.doFinal(body));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has " + ALGORITHM, e);
      }
    }
  }
}

package dev.fairway.datatrust.identity;

import dev.fairway.core.Secret;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.evm.Address;
import dev.fairway.web.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Access and refresh tokens: JWTs (RFC 7519) signed with HS256 (RFC 7518, section 3.2), with the claims that old clients read
 * ({@code identity}, {@code exp}). A refresh token works once; one that comes a second time was stolen from somebody, so
 * everything that came of that log-in is taken back (RFC 9700, section 4.14.2). Safe for many threads.
 */
public final class Tokens {
  private static final String HEADER = encode("{\"typ\":\"JWT\",\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8));
  private static final int LONGEST = 4 << 10;

  private final Store store;
  private final Secret secret;
  private final Duration accessLife;
  private final Duration refreshLife;

  public Tokens(Store store, Secret secret, Duration accessLife, Duration refreshLife) {
    this.store = store;
    this.secret = secret;
    this.accessLife = accessLife;
    this.refreshLife = refreshLife;
  }

  /** What a log-in gives. */
  public record Pair(String access, String refresh) {}

  /**
   * Who a token names.
   *
   * @param identity the account as it was written at log-in
   */
  public record Holder(String identity, Address account) {}

  private record Claims(String identity, String type, String jti, String family, Instant expires) {}

  /** For an account that has just proved itself. */
  public Pair issue(String identity) {
    return issue(identity, UUID.randomUUID().toString(), store.read(view -> view.now()));
  }

  private Pair issue(String identity, String family, Instant now) {
    return new Pair(token(identity, family, now, true), token(identity, family, now, false));
  }

  private String token(String identity, String family, Instant now, boolean access) {
    long seconds = now.getEpochSecond();
    ObjectNode claims = Json.object().put("iat", seconds).put("nbf", seconds).put("jti", UUID.randomUUID().toString())
        .put("exp", seconds + (access ? accessLife : refreshLife).toSeconds()).put("identity", identity);
    if (access) {
      claims.put("fresh", false);
    }
    claims.put("type", access ? "access" : "refresh").put("family", family);
    String signed = HEADER + "." + encode(Json.bytes(claims));
    return signed + "." + encode(mac(signed));
  }

  /**
   * Who holds the access token of an {@code Authorization} header.
   *
   * @throws TokenRefused when there is none, or it is not to be believed
   */
  public Holder holder(Optional<String> authorization) {
    Claims claims = read(authorization);
    if (!claims.type().equals("access")) {
      throw new TokenRefused(422, "Only access tokens are allowed");
    }
    if (store.read(view -> OnceTable.has(view, OnceTable.Kind.REVOKED, claims.family()))) {
      throw new TokenRefused(401, "Token has been revoked");
    }
    return holder(claims);
  }

  private static Holder holder(Claims claims) {
    try {
      return new Holder(claims.identity(), Address.parse(claims.identity()));
    } catch (IllegalArgumentException e) {
      // Ours always name an account; one that does not was signed with our secret by another program.
      throw new TokenRefused(422, "Signature verification failed");
    }
  }

  /**
   * Trades the refresh token of an {@code Authorization} header for new tokens.
   *
   * @throws TokenRefused when there is none, it is not to be believed, or it was used before
   */
  public Pair refresh(Optional<String> authorization) {
    Claims claims = read(authorization);
    if (!claims.type().equals("refresh")) {
      throw new TokenRefused(422, "Only refresh tokens are allowed");
    }
    Holder holder = holder(claims);
    Optional<Instant> fresh = store.write(tx -> use(tx, claims));
    return issue(holder.identity(), claims.family(),
        fresh.orElseThrow(() -> new TokenRefused(401, "Token has been revoked")));
  }

  private Optional<Instant> use(Transaction tx, Claims claims) {
    if (OnceTable.has(tx, OnceTable.Kind.REVOKED, claims.family())) {
      return Optional.empty();
    }
    if (OnceTable.first(tx, OnceTable.Kind.REFRESH, claims.jti(), claims.expires())) {
      return Optional.of(tx.now());
    }
    OnceTable.first(tx, OnceTable.Kind.REVOKED, claims.family(), tx.now().plus(refreshLife));
    return Optional.empty();
  }

  private Claims read(Optional<String> authorization) {
    if (authorization.isEmpty()) {
      throw new TokenRefused(401, "Missing Authorization Header");
    }
    String header = authorization.get().strip();
    if (!header.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
      throw new TokenRefused(422, "Bad Authorization header. Expected value 'Bearer <JWT>'");
    }
    String token = header.substring("bearer ".length()).strip();
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || token.length() > LONGEST) {
      throw new TokenRefused(422, "Not enough segments");
    }
    if (!MessageDigest.isEqual(mac(parts[0] + "." + parts[1]), decode(parts[2]))
        || !"HS256".equals(json(parts[0]).path("alg").asString(""))) {
      throw new TokenRefused(422, "Signature verification failed");
    }
    JsonNode claims = json(parts[1]);
    Instant now = store.read(view -> view.now());
    Instant expires = Instant.ofEpochSecond(claims.path("exp").asLong(0));
    if (!now.isBefore(expires)) {
      throw new TokenRefused(401, "Token has expired");
    }
    String jti = claims.path("jti").asString("");
    return new Claims(claims.path("identity").asString(""), claims.path("type").asString(""), jti,
        claims.path("family").asString(jti), expires);
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static JsonNode json(String part) {
    try {
      return Json.parse(decode(part));
    } catch (RuntimeException e) {
      throw new TokenRefused(422, "Signature verification failed");
    }
  }
}

package dev.fairway.datatrust.identity;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.web.Json;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Access and refresh tokens: JWTs (RFC 7519) signed with HS256 (RFC 7518, section 3.2), with the claims that old clients read
 * ({@code identity}, {@code exp}). A refresh token works once; one that comes a second time was stolen from somebody, so
 * everything that came of that log-in is taken back (RFC 9700, section 4.14.2). Safe for many threads.
 */
public final class Tokens {
  /** As long as any token can hold, whatever the settings were when it was given out; a log-out counts as long. */
  public static final Duration LONGEST_LIFE = Duration.ofDays(365);

  private static final int LONGEST = 4 << 10;

  private final Store store;
  private final TokenKeys keys;
  private final TokenKeys.Key signing;
  private final String header;
  private final Duration accessLife;
  private final Duration refreshLife;

  /** @throws IllegalArgumentException when a life is longer than {@link #LONGEST_LIFE} */
  public Tokens(Store store, TokenKeys keys, Duration accessLife, Duration refreshLife) {
    if (accessLife.compareTo(LONGEST_LIFE) > 0 || refreshLife.compareTo(LONGEST_LIFE) > 0) {
      throw new IllegalArgumentException("tokens hold for " + LONGEST_LIFE + " at most, not for " + accessLife + " and "
          + refreshLife);
    }
    this.store = store;
    this.keys = keys;
    this.signing = keys.current();
    this.header = encode(Json.bytes(Json.object().put("typ", "JWT").put("alg", "HS256").put("kid", signing.name())));
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

  private record Claims(String identity, String type, String jti, String family, Instant issued, Instant expires) {}

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
    String signed = header + "." + encode(Json.bytes(claims));
    return signed + "." + encode(signing.mac(signed));
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
    Holder holder = holder(claims);
    if (store.read(view -> revoked(view, claims, holder))) {
      throw new TokenRefused(401, "Token has been revoked");
    }
    return holder;
  }

  /** Whose token a header has, going by its signature and its times alone; empty for any other header. */
  public Optional<Address> claimed(Optional<String> authorization) {
    try {
      return authorization.isEmpty() ? Optional.empty() : Optional.of(holder(read(authorization)).account());
    } catch (TokenRefused e) {
      return Optional.empty();
    }
  }

  /**
   * Takes back the log-in that a token came of: it, and whatever it was or will be traded for.
   *
   * @throws TokenRefused when there is none, or it is not to be believed
   */
  public void logOut(Optional<String> authorization) {
    Claims claims = read(authorization);
    store.run(tx -> takeBack(tx, claims));
  }

  /** Takes back all tokens of an account that were given out until now. */
  public void revoke(Address account) {
    store.run(tx -> Revocations.put(tx, account));
  }

  private static boolean revoked(View view, Claims claims, Holder holder) {
    return OnceTable.has(view, OnceTable.Kind.REVOKED, claims.family())
        || Revocations.until(view, holder.account()).filter(until -> !claims.issued().isAfter(until)).isPresent();
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
    Optional<Instant> fresh = store.write(tx -> use(tx, claims, holder));
    return issue(holder.identity(), claims.family(),
        fresh.orElseThrow(() -> new TokenRefused(401, "Token has been revoked")));
  }

  private Optional<Instant> use(Transaction tx, Claims claims, Holder holder) {
    if (revoked(tx, claims, holder)) {
      return Optional.empty();
    }
    if (OnceTable.first(tx, OnceTable.Kind.REFRESH, claims.jti(), claims.expires())) {
      return Optional.of(tx.now());
    }
    takeBack(tx, claims);
    return Optional.empty();
  }

  private static void takeBack(Transaction tx, Claims claims) {
    OnceTable.first(tx, OnceTable.Kind.REVOKED, claims.family(), tx.now().plus(LONGEST_LIFE));
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
    JsonNode named = json(parts[0]);
    byte[] signature = decode(parts[2]);
    boolean ours = keys.named(named.path("kid").asString("")).stream()
        .anyMatch(key -> MessageDigest.isEqual(key.mac(parts[0] + "." + parts[1]), signature));
    if (!ours || !"HS256".equals(named.path("alg").asString(""))) {
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
        claims.path("family").asString(jti), Instant.ofEpochSecond(claims.path("iat").asLong(0)), expires);
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

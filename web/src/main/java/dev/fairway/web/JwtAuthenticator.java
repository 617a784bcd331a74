package dev.fairway.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Believes JWTs (RFC 7519) that are signed by a configured issuer with RS256, ES256 or EdDSA (RFC 7518, RFC 8037), name
 * the issuer, an allowed audience and an end. Keys come from the issuer's JWKS: kept for five minutes, asked for again
 * when a token names an unknown key, at most twice in thirty seconds, and kept on for four hours while the issuer is
 * down. A token given without {@code Bearer} is read as if it had it.
 *
 * <p>A token that was found good is remembered for up to a minute, so its signature is not checked on every call.
 */
public final class JwtAuthenticator implements Authenticator {
  private static final long KEYS_LIVE = Duration.ofMinutes(5).toMillis();
  private static final long KEYS_WAIT = Duration.ofSeconds(10).toMillis();
  private static final long KEYS_OUTAGE = Duration.ofHours(4).toMillis();
  private static final long KEYS_PACE = Duration.ofSeconds(30).toMillis();
  private static final int LONGEST = 8 << 10;
  private static final byte[] ED25519_KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA,
      JWSAlgorithm.Ed25519);

  private final JwtConfig config;
  private final InstantSource clock;
  private final Map<String, Trusted> issuers = new HashMap<>();
  private final Cache<String, Good> good = Caffeine.newBuilder().maximumSize(10_000)
      .expireAfterWrite(Duration.ofMinutes(1)).build();

  /** @param down whether the last attempt to fetch its keys failed */
  private record Trusted(JwtConfig.Issuer issuer, JWKSource<SecurityContext> keys, AtomicBoolean down) {}

  private record Good(Caller caller, Instant until) {}

  /** @param client fetches the keys; its policy must allow the issuers' hosts */
  public JwtAuthenticator(JwtConfig config, OutboundClient client, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    for (JwtConfig.Issuer issuer : config.issuers()) {
      AtomicBoolean down = new AtomicBoolean();
      try {
        JWKSource<SecurityContext> keys = JWKSourceBuilder
            .<SecurityContext>create(issuer.keysOrDiscovery().toURL(), _ -> fetch(client, issuer, down))
            .cache(KEYS_LIVE, KEYS_WAIT).rateLimited(KEYS_PACE).outageTolerant(KEYS_OUTAGE).build();
        issuers.put(issuer.issuer(), new Trusted(issuer, keys, down));
      } catch (MalformedURLException | IllegalArgumentException e) {
        throw new FairwayException(ErrorCode.CONFIGURATION,
            "the issuer " + issuer.issuer() + " has no usable URL for its keys", e);
      }
    }
  }

  @Override
  public Caller identify(Optional<String> authorization) {
    if (authorization.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    Optional<String> token = token(authorization.get());
    if (token.isEmpty()) {
      if (config.ignoreOtherSchemes()) {
        return Caller.ANONYMOUS;
      }
      throw refused("send Authorization: Bearer and a JWT", null);
    }
    Good known = good.getIfPresent(token.get());
    if (known != null && clock.instant().isBefore(known.until())) {
      return known.caller();
    }
    Good fresh = check(token.get());
    good.put(token.get(), fresh);
    return fresh.caller();
  }

  /** The JWT in the header, with or without {@code Bearer}. */
  static Optional<String> token(String header) {
    String text = header.strip();
    if (text.regionMatches(true, 0, "Bearer ", 0, 7)) {
      text = text.substring(7).strip();
    }
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean base64 = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
          || c == '_';
      if (c == '.') {
        dots++;
      } else if (!base64) {
        return Optional.empty();
      }
    }
    return dots == 2 && text.length() <= LONGEST ? Optional.of(text) : Optional.empty();
  }

  private Good check(String token) {
    SignedJWT jwt;
    JWTClaimsSet claims;
    try {
      jwt = SignedJWT.parse(token);
      claims = jwt.getJWTClaimsSet();
    } catch (ParseException | RuntimeException e) {
      throw refused("the token cannot be read", e);
    }
    if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
      throw refused("the token's algorithm is not RS256, ES256 or EdDSA", null);
    }
    Trusted trusted = claims.getIssuer() == null ? null : issuers.get(claims.getIssuer());
    if (trusted == null) {
      throw refused("the token's issuer is not trusted here", null);
    }
    if (!signed(jwt, trusted)) {
      throw refused("the token's signature does not hold", null);
    }
    Instant until = checkTimes(claims);
    checkAudience(claims, trusted.issuer());
    return new Good(caller(claims), until);
  }

  private Instant checkTimes(JWTClaimsSet claims) {
    Instant now = clock.instant();
    if (claims.getExpirationTime() == null) {
      throw refused("the token has no exp claim", null);
    }
    Instant until = claims.getExpirationTime().toInstant().plus(config.skew());
    if (!now.isBefore(until)) {
      throw refused("the token has expired", null);
    }
    if (claims.getNotBeforeTime() != null
        && now.plus(config.skew()).isBefore(claims.getNotBeforeTime().toInstant())) {
      throw refused("the token is not valid yet", null);
    }
    return until;
  }

  private static void checkAudience(JWTClaimsSet claims, JwtConfig.Issuer issuer) {
    if (issuer.audiences().isEmpty()) {
      return;
    }
    boolean meant = claims.getAudience().stream().anyMatch(issuer.audiences()::contains)
        || (claims.getAudience().isEmpty() && issuer.audiences().contains(text(claims, "client_id").orElse("")));
    if (!meant) {
      throw refused("the token is meant for another audience", null);
    }
  }

  private boolean signed(SignedJWT jwt, Trusted trusted) {
    JWSHeader header = jwt.getHeader();
    try {
      List<JWK> keys = trusted.keys().get(new JWKSelector(matcher(header)), null);
      for (JWK key : keys) {
        if (signedWith(jwt, key)) {
          return true;
        }
      }
      return false;
    } catch (KeySourceException e) {
      if (trusted.down().get()) {
        throw new FairwayException(ErrorCode.BUSY,
            "the keys of " + trusted.issuer().issuer() + " cannot be fetched now; try again later", e);
      }
      throw refused("the token's key is unknown", e);
    } catch (JOSEException | GeneralSecurityException e) {
      throw refused("the token's signature cannot be checked", e);
    }
  }

  private static JWKMatcher matcher(JWSHeader header) {
    // Both names of the algorithm match a key, whichever of them it carries.
    JWKMatcher exact = JWKMatcher.forJWSHeader(header);
    return header.getAlgorithm().equals(JWSAlgorithm.Ed25519) || header.getAlgorithm().equals(JWSAlgorithm.EdDSA)
        ? new JWKMatcher.Builder(exact).algorithms(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519, null).build()
        : exact;
  }

  private static boolean signedWith(SignedJWT jwt, JWK key) throws JOSEException, GeneralSecurityException {
    return switch (key) {
      case RSAKey rsa -> rsa.size() >= 2_048 && jwt.verify(new RSASSAVerifier(rsa.toRSAPublicKey()));
      case ECKey ec -> jwt.verify(new ECDSAVerifier(ec.toECPublicKey()));
      case OctetKeyPair okp when okp.getCurve().equals(Curve.Ed25519) -> {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(ed25519(okp.getDecodedX()));
        signature.update(jwt.getSigningInput());
        yield signature.verify(jwt.getSignature().decode());
      }
      default -> false;
    };
  }

  private static PublicKey ed25519(byte[] raw) throws GeneralSecurityException {
    // A SubjectPublicKeyInfo (RFC 8410) is this prefix and the raw key.
    byte[] encoded = new byte[ED25519_KEY_PREFIX.length + raw.length];
    System.arraycopy(ED25519_KEY_PREFIX, 0, encoded, 0, ED25519_KEY_PREFIX.length);
    System.arraycopy(raw, 0, encoded, ED25519_KEY_PREFIX.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private Caller caller(JWTClaimsSet claims) {
    Map<String, Object> all = new HashMap<>();
    claims.getClaims().forEach((name, value) -> {
      if (value != null) {
        all.put(name, value);
      }
    });
    String subject = claims.getSubject() == null ? text(claims, "client_id").orElse("token") : claims.getSubject();
    JwtConfig.ClaimNames names = config.names();
    return new Caller(subject, Caller.Kind.VERIFIED, scopes(claims), text(claims, names.jurisdiction()),
        text(claims, names.party()), text(claims, names.organisation()), all);
  }

  private static Set<String> scopes(JWTClaimsSet claims) {
    Set<String> scopes = new HashSet<>();
    for (String name : List.of("scope", "scp")) {
      switch (claims.getClaim(name)) {
        case String text -> {
          for (String scope : text.strip().split("\\s+", -1)) {
            scopes.add(scope);
          }
        }
        case Collection<?> list -> list.forEach(scope -> scopes.add(String.valueOf(scope)));
        case null, default -> {
          // No scopes under this name.
        }
      }
    }
    scopes.remove("");
    return scopes;
  }

  private static Optional<String> text(JWTClaimsSet claims, String name) {
    return claims.getClaim(name) instanceof String value && !value.isEmpty() ? Optional.of(value) : Optional.empty();
  }

  private static FairwayException refused(String why, @Nullable Throwable cause) {
    return new FairwayException(ErrorCode.UNAUTHENTICATED, why, cause);
  }

  private static Resource fetch(OutboundClient client, JwtConfig.Issuer issuer, AtomicBoolean down) throws IOException {
    down.set(true);
    URI jwks = issuer.jwks().isPresent() ? issuer.jwks().get() : discover(client, issuer);
    Resource keys = new Resource(get(client, jwks).body().text(), "application/json");
    down.set(false);
    return keys;
  }

  private static URI discover(OutboundClient client, JwtConfig.Issuer issuer) throws IOException {
    URI document = issuer.keysOrDiscovery();
    JsonNode body = get(client, document).body().json();
    JsonNode name = body.get("issuer");
    JsonNode jwks = body.get("jwks_uri");
    if (name == null || !issuer.issuer().equals(name.asString()) || jwks == null || !jwks.isString()) {
      throw new IOException(document + " is not the discovery document of " + issuer.issuer());
    }
    try {
      return URI.create(jwks.stringValue());
    } catch (IllegalArgumentException e) {
      throw new IOException("jwks_uri in " + document + " is not a URL", e);
    }
  }

  private static OutboundResult.Answered get(OutboundClient client, URI url) throws IOException {
    try {
      OutboundResult result = client.send(OutboundRequest.get(url).header("Accept", "application/json"));
      if (result instanceof OutboundResult.Answered answer && answer.status() == 200) {
        return answer;
      }
      throw new IOException(url + ": " + result.describe());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while fetching " + url, e);
    }
  }
}

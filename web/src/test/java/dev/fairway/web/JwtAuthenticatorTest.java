package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JwtAuthenticatorTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final AtomicInteger FETCHES = new AtomicInteger();
  private static WebServer server;
  private static OutboundClient client;
  private static RSAKey rsa;
  private static ECKey ec;
  private static KeyPair ed;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private JwtAuthenticator authenticator;

  @BeforeAll
  static void start() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = ed.getPublic().getEncoded();
    OctetKeyPair okp = new OctetKeyPair.Builder(Curve.Ed25519,
        Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))).keyID("d").build();
    String keys = new JWKSet(List.<JWK>of(rsa.toPublicJWK(), ec.toPublicJWK(), okp)).toString();
    Door issuer = new Door("issuer", "", ErrorStyle.PROBLEM,
        List.of(
            Route.get("/.well-known/openid-configuration", "Discovery").anyone().handle(call -> call.json(200,
                Json.object().put("issuer", call.baseUrl().toString()).put("jwks_uri", call.baseUrl() + "/keys"))),
            Route.get("/keys", "Keys").anyone().handle(call -> {
              FETCHES.incrementAndGet();
              call.text(200, "application/json", keys);
            })));
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), List.of(issuer));
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @BeforeEach
  void fresh() {
    authenticator = new JwtAuthenticator(JwtConfig
        .of(new JwtConfig.Issuer(server.baseUrl().toString(), Optional.empty(), Set.of("fairway"))), client, now::get);
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().issuer(server.baseUrl().toString()).audience("fairway").subject("alice")
        .expirationTime(Date.from(NOW.plusSeconds(300))).claim("scope", "message.read message.write")
        .claim("jurisdiction", "AU");
  }

  private static String sign(JWSAlgorithm algorithm, String key, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key).build(), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static String rs256(JWTClaimsSet claims) throws JOSEException {
    return sign(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), claims);
  }

  private Caller identify(String header) {
    return authenticator.identify(Optional.of(header));
  }

  private void assertRefused(String header, String why) {
    assertThatThrownBy(() -> identify(header)).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
      assertThat(e).hasMessageContaining(why);
    });
  }

  @Test
  void aGoodTokenSaysWhoCalls() throws Exception {
    Caller caller = identify("Bearer " + rs256(claims().build()));
    assertThat(caller.subject()).isEqualTo("alice");
    assertThat(caller.scopes()).containsExactlyInAnyOrder("message.read", "message.write");
    assertThat(caller.actsFor("AU")).isTrue();
    assertThat(caller.actsFor("SG")).isFalse();
    assertThatThrownBy(() -> caller.actingJurisdiction(Optional.of("SG"))).isInstanceOf(FairwayException.class);
  }

  @Test
  void theThreeAlgorithmsAreTaken() throws Exception {
    assertThat(identify("Bearer " + sign(JWSAlgorithm.ES256, "e", new ECDSASigner(ec), claims().build())).known())
        .isTrue();
    for (JWSAlgorithm name : List.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519)) {
      String input = Base64URL.encode("{\"alg\":\"" + name + "\",\"kid\":\"d\"}") + "."
          + Base64URL.encode(claims().build().toString());
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(ed.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      assertThat(identify("Bearer " + input + "." + Base64URL.encode(signature.sign())).subject()).isEqualTo("alice");
    }
  }

  @Test
  void aBareTokenIsReadAsIfItHadBearer() throws Exception {
    assertThat(identify(rs256(claims().build())).subject()).isEqualTo("alice");
  }

  @Test
  void noHeaderIsAnonymous() {
    assertThat(authenticator.identify(Optional.empty())).isEqualTo(Caller.ANONYMOUS);
  }

  @Test
  void whatCannotBeBelievedIsRefused() throws Exception {
    assertRefused("Bearer " + rs256(claims().issuer("https://elsewhere.example").build()), "issuer");
    assertRefused("Bearer " + rs256(claims().audience("other").build()), "audience");
    assertRefused("Bearer " + rs256(claims().expirationTime(Date.from(NOW.minusSeconds(61))).build()), "expired");
    assertRefused("Bearer " + rs256(claims().expirationTime(null).build()), "exp");
    assertRefused("Bearer " + rs256(claims().notBeforeTime(Date.from(NOW.plusSeconds(61))).build()), "not valid yet");
    assertRefused("Bearer " + new PlainJWT(claims().build()).serialize(), "read");
    assertRefused("Bearer " + sign(JWSAlgorithm.HS256, "r", new MACSigner(new byte[32]), claims().build()),
        "algorithm");
    assertRefused("Bearer " + sign(JWSAlgorithm.RS256, "r", new RSASSASigner(new RSAKeyGenerator(2048).generate()),
        claims().build()), "signature");
    assertRefused("Bearer " + sign(JWSAlgorithm.ES256, "r", new ECDSASigner(ec), claims().build()), "");
    assertRefused("JWTBODY {\"jurisdiction\":\"AU\"}", "Bearer");
    assertRefused("Basic YTpi", "Bearer");
  }

  @Test
  void aTokenEndsWhileItIsRemembered() throws Exception {
    String token = "Bearer " + rs256(claims().build());
    identify(token);
    now.set(NOW.plusSeconds(300 + 60));
    assertRefused(token, "expired");
  }

  @Test
  void unknownKeysDoNotMakeItAskTheIssuerEveryTime() throws Exception {
    int before = FETCHES.get();
    for (int i = 0; i < 20; i++) {
      assertRefused("Bearer " + sign(JWSAlgorithm.RS256, "unknown-" + i, new RSASSASigner(rsa), claims().build()), "");
    }
    assertThat(FETCHES.get() - before).isLessThanOrEqualTo(3);
  }

  @Test
  void anIssuerThatIsDownIsNotTheCallersFault() throws Exception {
    authenticator = new JwtAuthenticator(JwtConfig.of(new JwtConfig.Issuer(server.baseUrl().toString(),
        Optional.of(URI.create("http://127.0.0.1:1/keys")), Set.of())), client, now::get);
    assertThatThrownBy(() -> identify(rs256(claims().build()))).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
  }
}

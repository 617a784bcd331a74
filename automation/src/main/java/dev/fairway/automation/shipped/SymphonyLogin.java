package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.web.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A bot's two tokens: of the pod, and of the key manager without which no message can be read. Each is given for a token the
 * bot signs with its RSA key (RS512, RFC 7518). Safe for many threads.
 *
 * @see <a href="https://docs.developers.symphony.com/building-bots-on-symphony/authentication/rsa-authentication">Symphony, RSA
 * authentication</a>
 */
final class SymphonyLogin {
  /** A pod takes none that holds for longer than five minutes. */
  private static final Duration HOLDS = Duration.ofMinutes(4);
  /** What stands before the key of PKCS #1 (RFC 8017) in PKCS #8 (RFC 5208): version 0, and rsaEncryption. */
  private static final byte[] PKCS8_OF_RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  /** As they go along with each call. */
  record Tokens(Secret session, Secret keyManager) {}

  private final Environment<SymphonyChat.Settings> env;
  private final PrivateKey key;
  private @Nullable Tokens tokens;

  SymphonyLogin(Environment<SymphonyChat.Settings> env) {
    this.env = env;
    this.key = key(env.settings().privateKey());
  }

  synchronized Tokens tokens() throws IOException, InterruptedException {
    Tokens known = tokens;
    if (known == null) {
      SymphonyChat.Settings settings = env.settings();
      String signed = jwt(settings.botUsername());
      known = new Tokens(token(settings.podUrl() + "/login/pubkey/authenticate", signed),
          token(settings.keyManagerUrl().orElse(settings.podUrl()) + "/relay/pubkey/authenticate", signed));
      tokens = known;
    }
    return known;
  }

  /** To be called when a call with these tokens was refused. */
  synchronized void forget(Tokens refused) {
    if (refused.equals(tokens)) {
      tokens = null;
    }
  }

  private Secret token(String url, String jwt) throws IOException, InterruptedException {
    var answer = env.http()
        .send(OutsideCall.postJson(URI.create(url), Json.object().put("token", jwt).toString()));
    if (!answer.ok()) {
      // An operator may mend it meanwhile, and nothing was done.
      throw new FairwayException(ErrorCode.PEER_FAILED, "the log-in at " + url + " was answered " + answer.status());
    }
    return new Secret(parsed(url, answer).path("token").asString());
  }

  private static JsonNode parsed(String url, Answered answer) {
    try {
      return Json.parse(answer.body());
    } catch (FairwayException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the log-in at " + url + " was answered with what is no JSON",
          e);
    }
  }

  private String jwt(String bot) {
    String header = encoded(Json.object().put("alg", "RS512").put("typ", "JWT").toString());
    String claims = encoded(
        Json.object().put("sub", bot).put("exp", env.clock().instant().plus(HOLDS).getEpochSecond()).toString());
    try {
      Signature signature = Signature.getInstance("SHA512withRSA");
      signature.initSign(key);
      signature.update((header + "." + claims).getBytes(StandardCharsets.US_ASCII));
      return header + "." + claims + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an RSA key that was read signs", e);
    }
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static PrivateKey key(Secret pem) {
    String text = pem.reveal();
    try {
      byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----(BEGIN|END)[A-Z ]*-----", ""));
      byte[] pkcs8 = text.contains("BEGIN RSA PRIVATE KEY") ? wrapped(der) : der;
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID,
          "privateKey must be an RSA key in PEM, from -----BEGIN PRIVATE KEY----- (or RSA PRIVATE KEY) to its end", e);
    }
  }

  private static byte[] wrapped(byte[] pkcs1) {
    byte[] octets = element(0x04, pkcs1);
    var content = new ByteArrayOutputStream();
    content.writeBytes(PKCS8_OF_RSA);
    content.writeBytes(octets);
    return element(0x30, content.toByteArray());
  }

  /* Of DER (X.690, 8.1): tag, length, content. */
  private static byte[] element(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(0x82);
    out.write(content.length >> 8);
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }
}

package dev.fairway.exchange.simplex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RequestSignatureTest {
  private static final SigningKey AU = SigningKey.of(SigningKey.make());
  private static final byte[] BODY = "{\"sender\":\"AU\"}".getBytes(StandardCharsets.UTF_8);

  private static RequestSignature.Request signed(String path, byte[] body) {
    Map<String, String> headers = new HashMap<>(Map.of("idempotency-key", "AU:1"));
    headers.putAll(RequestSignature.sign(new RequestSignature.Request("POST", path, headers, body), AU.publicText(),
        AU, Instant.EPOCH));
    return new RequestSignature.Request("POST", path, headers, body);
  }

  private static RequestSignature.Verdict judged(RequestSignature.Request request) {
    return RequestSignature.verify(request,
        Map.of(AU.publicText(), SigningKey.publicKey(AU.publicText())));
  }

  @Test
  void keysAndSignaturesAreThoseOfTheStandard() {
    // RFC 8032, section 7.1, test 1.
    SigningKey key = key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(key.publicText())))
        .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assertThat(HexFormat.of().formatHex(key.sign(new byte[0]))).isEqualTo(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  }

  @Test
  void signatureBaseIsThatOfTheStandard() {
    // RFC 9421, appendix B.2.6, with the key of B.1.4.
    String base = """
        "date": Tue, 20 Apr 2021 02:07:55 GMT
        "@method": POST
        "@path": /foo
        "@authority": example.com
        "content-type": application/json
        "content-length": 18
        "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519\"""";
    byte[] signature = Base64.getDecoder()
        .decode("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
    String key = Base64.getEncoder()
        .encodeToString(Base64.getUrlDecoder().decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"));
    assertThat(SigningKey.verifies(SigningKey.publicKey(key), base.getBytes(StandardCharsets.UTF_8), signature))
        .isTrue();
  }

  private static SigningKey key(String hex) {
    return SigningKey.of(new Secret(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex))));
  }

  @Test
  void whatWasSignedIsBelievedAndNothingElse() {
    RequestSignature.Request good = signed("/channels/x/messages/incoming", BODY);
    assertThat(judged(good)).isInstanceOf(RequestSignature.Verdict.Good.class);
    assertThat(judged(new RequestSignature.Request("POST", "/channels/y/messages/incoming", good.headers(), BODY)))
        .isInstanceOf(RequestSignature.Verdict.Bad.class);
    assertThat(judged(new RequestSignature.Request("PUT", good.path(), good.headers(), BODY)))
        .isInstanceOf(RequestSignature.Verdict.Bad.class);
    Map<String, String> otherKey = new HashMap<>(good.headers());
    otherKey.put("idempotency-key", "AU:2");
    assertThat(judged(new RequestSignature.Request("POST", good.path(), otherKey, BODY)))
        .isInstanceOf(RequestSignature.Verdict.Bad.class);
    Map<String, String> less = new HashMap<>(good.headers());
    String input = good.headers().getOrDefault("signature-input", "");
    less.put("signature-input", input.replace(" \"idempotency-key\"", ""));
    assertThat(judged(new RequestSignature.Request("POST", good.path(), less, BODY))).isInstanceOfSatisfying(
        RequestSignature.Verdict.Bad.class, bad -> assertThat(bad.why()).contains("must cover"));
  }

  @Property(tries = 500)
  void anythingMayStandInTheHeaders(@ForAll String input, @ForAll String signature) {
    Map<String, String> headers = new HashMap<>(signed("/x", BODY).headers());
    headers.put("signature-input", input);
    headers.put("signature", signature);
    assertThat(judged(new RequestSignature.Request("POST", "/x", headers, BODY)))
        .isInstanceOf(RequestSignature.Verdict.Bad.class);
  }

  @Test
  void secretKeyIsNeverShown() {
    Secret key = SigningKey.make();
    assertThat(SigningKey.of(key).toString()).doesNotContain(key.reveal());
    assertThatThrownBy(() -> SigningKey.of(new Secret("not base64 !!"))).hasMessageNotContaining("base64 !!");
    assertThatThrownBy(() -> SigningKey.of(new Secret("AAAA"))).hasMessageContaining("32 bytes");
  }
}

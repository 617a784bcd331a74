package dev.fairway.connectors.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SealedTest {
  private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);
  private final Sealed.KeyPair key = Sealed.newKeyPair();
  private final Sealed sealed = new Sealed(List.of(key.identity()), CLOCK);

  /** The identity and message of the public tests of getsops/sops, age/keysource_test.go. */
  @Test
  void opensWhatAgeWrote() throws Exception {
    String armoured = """
        -----BEGIN AGE ENCRYPTED FILE-----
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBvY2t2NkdLUGRvY3l2OGNy
        MVJWcUhCOEZrUG8yeCtnRnhxL0I5NFk4YjJFCmE4SVQ3MEdyZkFqRWpSa2F0NVhF
        VDUybzBxdS9nSGpHSVRVMUI0UEVqZkkKLS0tIGJjeGhNQ0Y5L2VZRVVYSm90djFF
        bzdnQ3UwTGljMmtrbWNMV1MxYkFzUFUK4xjOZOTGdcbzuwUY/zeBXhcF+Md3e5PQ
        EylloI7MNGbadPGb
        -----END AGE ENCRYPTED FILE-----""";
    Secret right = new Secret("AGE-SECRET-KEY-1G0Q5K9TV4REQ3ZSQRMTMG8NSWQGYT0T7TZ33RAZEE0GZYVZN0APSU24RK7");
    assertThat(new String(Age.decrypt(armoured, List.of(key.identity(), right)), StandardCharsets.UTF_8))
        .isEqualTo("data");
  }

  @Test
  void sealsOnlyWhatHasTheSuffixAndTakesItOff() {
    JsonNode plain = Json.parse(
        """
            {"client_id":"a@b","client_secret_sops":"hush","port":5432,"deep":[{"token_sops":{"a":1,"b":[true,1.5,null,""]}}]}""");
    JsonNode document = sealed.seal(plain, List.of(key.recipient()), "_sops");
    assertThat(document.path("client_id").stringValue()).isEqualTo("a@b");
    assertThat(document.path("client_secret_sops").stringValue()).startsWith("ENC[AES256_GCM,data:");
    assertThat(document.toString()).doesNotContain("hush");
    assertThat(document.path("sops").path("lastmodified").stringValue()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(sealed.unseal(document)).isEqualTo(Json.parse("""
        {"client_id":"a@b","client_secret":"hush","port":5432,"deep":[{"token":{"a":1,"b":[true,1.5,null,""]}}]}"""));
    assertThat(sealed.decrypt(document)).isEqualTo(plain);
  }

  @Test
  void refusesWhatWasChangedByHand() {
    JsonNode document = sealed.seal(
        Json.parse("{\"host\":\"a\",\"x_sops\":\"one\",\"y_sops\":\"two\",\"l_sops\":[1,2]}"),
        List.of(key.recipient()), "_sops");
    assertThatThrownBy(() -> sealed.unseal(with(document, "host", Json.parse("\"b\""))))
        .hasMessageContaining("MAC mismatch");
    assertThatThrownBy(() -> sealed.unseal(with(document, "y_sops", document.path("x_sops"))))
        .hasMessageContaining("moved there from another place");
    assertThatThrownBy(() -> sealed.unseal(with(document, "x_sops", Json.parse("\"clear\""))))
        .hasMessageContaining("should be sealed and is not");
    var swapped = Json.array().add(document.path("l_sops").get(1)).add(document.path("l_sops").get(0));
    assertThatThrownBy(() -> sealed.unseal(with(document, "l_sops", swapped))).hasMessageContaining("MAC mismatch");
    ObjectNode meta = (ObjectNode) document.path("sops").deepCopy();
    assertThatThrownBy(() -> sealed.unseal(with(document, "sops", meta.put("lastmodified", "2026-03-02T10:00:00Z"))))
        .hasMessageContaining("changed by hand");
  }

  @Test
  void saysWhoCouldOpenIt() {
    JsonNode document = sealed.seal(Json.parse("{\"x_sops\":1}"), List.of(key.recipient()), "_sops");
    Sealed stranger = new Sealed(List.of(Sealed.newKeyPair().identity()), CLOCK);
    assertThatThrownBy(() -> stranger.unseal(document)).hasMessageContaining("none of the 1 age identities")
        .hasMessageContaining(key.recipient()).hasMessageContaining("SOPS_AGE_KEY");
    assertThatThrownBy(() -> sealed.unseal(Json.parse("{\"sops\":{\"gcp_kms\":[{\"enc\":\"x\"}]}}")))
        .hasMessageContaining("sealed for [gcp_kms] only");
  }

  @Test
  void eachRecipientOpensItAlone() {
    Sealed.KeyPair other = Sealed.newKeyPair();
    JsonNode document = sealed.seal(Json.parse("{\"x_sops\":1}"), List.of(other.recipient(), key.recipient()), "_sops");
    assertThat(sealed.unseal(document)).isEqualTo(Json.parse("{\"x\":1}"));
    assertThat(new Sealed(List.of(other.identity()), CLOCK).unseal(document)).isEqualTo(Json.parse("{\"x\":1}"));
  }

  @Test
  void twoNamesThatBecomeOneAreRefused() {
    JsonNode document = sealed.seal(Json.parse("{\"x\":1,\"x_sops\":2}"), List.of(key.recipient()), "_sops");
    assertThatThrownBy(() -> sealed.unseal(document)).hasMessageContaining("both /x and /x_sops");
  }

  @Test
  void whatIsNotSealedPasses() {
    JsonNode plain = Json.parse("{\"a\":1}");
    assertThat(sealed.unseal(plain)).isSameAs(plain);
  }

  @Test
  void identitiesComeFromTheEnvironment() {
    Sealed found = Sealed.fromEnvironment(Map.of("SOPS_AGE_KEY", "# mine\n" + key.identity().reveal() + "\n"), CLOCK);
    JsonNode document = sealed.seal(Json.parse("{\"x_sops\":1}"), List.of(key.recipient()), "_sops");
    assertThat(found.unseal(document)).isEqualTo(Json.parse("{\"x\":1}"));
  }

  @Property(seed = "1", tries = 50)
  void everyDocumentComesBack(@ForAll long seed) {
    Random random = new Random(seed);
    ObjectNode document = Json.object();
    for (int i = 0; i < 5; i++) {
      String name = "m" + i + (random.nextBoolean() ? "_sops" : "");
      switch (random.nextInt(5)) {
        case 0 -> document.put(name, random.nextLong());
        case 1 -> document.put(name, (random.nextInt(1000) * 2 + 1) / 8.0);
        case 2 -> document.put(name, random.nextBoolean());
        case 3 -> document.putObject(name).put("inner", "t" + random.nextInt());
        default -> document.putArray(name).add("x\u00e9\u0000").add(random.nextInt());
      }
    }
    JsonNode document2 = sealed.seal(document, List.of(key.recipient()), "_sops");
    assertThat(sealed.decrypt(Json.parse(Json.bytes(document2)))).isEqualTo(Json.parse(Json.bytes(document)));
  }

  private static JsonNode with(JsonNode document, String member, JsonNode value) {
    ObjectNode copy = Json.object();
    document.properties().forEach(e -> copy.set(e.getKey(), e.getKey().equals(member) ? value : e.getValue()));
    return copy;
  }
}

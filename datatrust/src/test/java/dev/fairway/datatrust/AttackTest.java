package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.datatrust.identity.TokenKeys;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.sign.Signature;
import dev.fairway.web.Json;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What somebody tries who wants data for nothing, another's place, or another's listing; each meets a fixed answer. */
class AttackTest {
  private static final byte[] DATA = "fourteen bytes".getBytes(StandardCharsets.UTF_8);
  private static final Hash LISTED = Keccak.hash("for sale");
  private static final Hash OTHER = Keccak.hash("also for sale");
  private static final BigInteger ORDER = new BigInteger(
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static TestMarket market;
  private static Service service;

  @BeforeAll
  static void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market, config -> config.withLimits(1_000, 3_000, 5));
    service.elect();
    service.list(market.maker, LISTED, DATA);
    service.list(market.maker, OTHER, "another 14 b. ".getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    market.close();
  }

  private static Form form(Wallet maker, Hash listing) {
    return service.form(maker, listing, Keccak.hash("some transaction"), DATA);
  }

  @Test
  void hashesThatArePathsAreRefused() throws Exception {
    for (String name : List.of("../../etc/passwd", "0x" + "../".repeat(21) + "a", "0x" + "g".repeat(64),
        LISTED.hex() + "/", LISTED.hex() + "\u0000", "%2e%2e")) {
      Client.Answer answer = service.upload(market.maker, form(market.maker, LISTED).field("listing_hash", name));
      assertThat(answer.status()).as(name).isEqualTo(400);
    }
  }

  @Test
  void hashesThatArePathsAreRefusedEverywhere() throws Exception {
    Client patron = service.client.as(service.token(market.owner));
    for (String name : List.of("..%2f..%2fetc%2fpasswd", "0x" + "g".repeat(64), "0x" + "0".repeat(63),
        "0x" + "0".repeat(65), "%00", "0x" + "0".repeat(62) + "%2f.")) {
      for (String path : List.of("/listings/", "/candidates/application/", "/previews/",
          "/deliveries/?delivery_hash=" + Keccak.hash("x") + "&query=", "/deliveries/?query=" + Keccak.hash("x")
              + "&delivery_hash=")) {
        Client.Answer answer = patron.get(path + name);
        assertThat(answer.status()).as(path + name).isIn(400, 404);
        assertThat(answer.text()).as(path + name).doesNotContain("Exception");
      }
    }
  }

  @Test
  void nobodyUploadsForAnother() throws Exception {
    Form stolen = form(market.maker, LISTED);
    assertThat(service.upload(market.buyer, stolen).status()).isEqualTo(401);
    assertThat(service.client.post("/listings/", stolen.contentType(), stolen.body()).json().path("msg").asString())
        .isEqualTo("Missing Authorization Header");
    assertThat(service.upload(market.buyer, form(market.buyer, LISTED)).status()).as("listed by another")
        .isEqualTo(401);
  }

  @Test
  void dataForAnApplicationThatIsNotOnesOwnAreNeverConfirmed() throws Exception {
    Hash listing = Keccak.hash("front-run");
    Receipt applied = service.apply(market.maker, listing);
    Client.Answer answer = service.upload(market.buyer,
        service.form(market.buyer, listing, applied.transaction(), DATA));
    // Depending on whether the application is indexed yet, it is refused at once or when it is looked at.
    if (answer.status() == 201) {
      JsonNode ended = service.ended(answer.json().path("task_id").asString());
      assertThat(ended.path("status").asString()).isEqualTo("FAILURE");
      assertThat(ended.path("reason").asString()).contains("is not " + market.buyer.address() + "'s application");
    } else {
      assertThat(answer.status()).isEqualTo(401);
    }
    assertThat(market.reader().dataHash(listing)).isEmpty();
    service.offer(market.maker, listing, service.form(market.maker, listing, applied.transaction(), DATA));
  }

  @Test
  void firstDataCountAndTheSameDataAreTheSameTask() throws Exception {
    Hash listing = Keccak.hash("first");
    Receipt applied = service.apply(market.maker, listing);
    Form form = service.form(market.maker, listing, applied.transaction(), DATA);
    String task = service.upload(market.maker, form).json().path("task_id").asString();
    assertThat(service.upload(market.maker, form).json().path("task_id").asString()).isEqualTo(task);
    service.ended(task);
    byte[] other = "other data".getBytes(StandardCharsets.UTF_8);
    assertThat(service.upload(market.maker, service.form(market.maker, listing, applied.transaction(), other)).status())
        .isEqualTo(409);
    assertThat(service.upload(market.maker, form).json().path("task_id").asString()).isEqualTo(task);
  }

  @Test
  void dataForARevertedApplicationAreNeverConfirmed() throws Exception {
    Receipt unrelated = market.maker.call(market.contracts.etherToken(),
        MarketCalls.approve(market.contracts.reserve(), BigInteger.TWO));
    Hash listing = Keccak.hash("never applied for");
    Client.Answer answer = service.upload(market.maker,
        service.form(market.maker, listing, unrelated.transaction(), DATA));
    assertThat(service.ended(answer.json().path("task_id").asString()).path("status").asString()).isEqualTo("FAILURE");
    assertThat(market.reader().dataHash(listing)).isEmpty();
  }

  @Test
  void tooManyBytesAreRefused() throws Exception {
    byte[] large = new byte[1_001];
    assertThat(service.upload(market.wallet(7), service.form(market.wallet(7), Keccak.hash("l"), LISTED, large))
        .status()).isEqualTo(413);
    byte[] most = new byte[1_000];
    for (int i = 0; i < 4; i++) {
      int status = service.upload(market.wallet(7),
          service.form(market.wallet(7), Keccak.hash("quota" + i), LISTED, most)).status();
      assertThat(status).as("upload " + i).isEqualTo(i < 3 ? 201 : 413);
    }
  }

  @Test
  void previewsAreForStakesAndOnlyAPart() throws Exception {
    Client nobody = service.client.as(service.token(market.wallet(8)));
    Client.Answer refused = nobody.get("/previews/" + LISTED);
    assertThat(refused.status()).isEqualTo(412);
    assertThat(refused.message()).isEqualTo("Preview requires that the requester have a CMT balance greater\n"
        + "than or equal to the current market stake");
    Client patron = service.client.as(service.token(market.owner));
    Client.Answer preview = patron.get("/previews/" + LISTED);
    assertThat(preview.status()).isEqualTo(200);
    assertThat(preview.bytes()).isEqualTo(Arrays.copyOf(DATA, 2));
    assertThat(preview.header("Preview")).contains("bytes=2; of=14");
    assertThat(patron.get("/previews/" + Keccak.hash("unknown")).status()).isEqualTo(400);
  }

  @Test
  void purchaseOfNothingGrantsNothing() throws Exception {
    Hash delivery = Keccak.hash("nothing bought");
    service.buy(market.wallet(9), delivery, 0);
    assertThat(service.deliver(market.wallet(9), delivery, LISTED).status()).isEqualTo(412);
  }

  @Test
  void finishedPurchaseGrantsOnlyWhatItWasFor() throws Exception {
    Hash delivery = Keccak.hash("finished");
    Wallet buyer = market.buyer;
    service.buy(buyer, delivery, DATA.length);
    assertThat(service.deliver(buyer, delivery, LISTED).status()).isEqualTo(200);
    assertThat(service.deliver(buyer, delivery, OTHER).status()).as("used up").isEqualTo(412);
    Service.await(() -> service.datatrust.index().wasDelivered(delivery, buyer.address()));
    assertThat(service.deliver(buyer, delivery, OTHER).status()).as("settled").isEqualTo(412);
    assertThat(service.deliver(market.wallet(9), delivery, LISTED).status()).as("another's").isEqualTo(401);

    // The name is free again; whoever takes it has not bought what it was used for before.
    Wallet next = market.wallet(8);
    service.buy(next, delivery, DATA.length);
    assertThat(service.deliver(next, delivery, OTHER).status()).isEqualTo(200);
    Service.await(() -> service.datatrust.index().wasDelivered(delivery, next.address()));
    assertThat(service.deliver(next, delivery, LISTED).status()).isEqualTo(412);
    assertThat(service.deliver(buyer, delivery, LISTED).status()).isEqualTo(200);
    assertThat(service.deliver(buyer, delivery, OTHER).status()).isEqualTo(412);
  }

  @Test
  void partialPurchaseStaysOpenAndIsNotOverspent() throws Exception {
    Hash delivery = Keccak.hash("twenty");
    Wallet buyer = market.wallet(6);
    service.buy(buyer, delivery, 20);
    assertThat(service.deliver(buyer, delivery, LISTED).status()).isEqualTo(200);
    assertThat(service.deliver(buyer, delivery, LISTED).status()).as("again, at no cost").isEqualTo(200);
    assertThat(service.deliver(buyer, delivery, OTHER).status()).isEqualTo(412);
    Service.await(() -> market.reader().bytesPurchased(buyer.address()).equals(BigInteger.valueOf(6)));
    assertThat(market.reader().purchase(delivery)).isPresent();
  }

  @Test
  void logInWorksOnceAndForMinutes() throws Exception {
    String now = Service.logIn(market.buyer, "timestamp: " + service.clock.instant().minusSeconds(200).toEpochMilli());
    assertThat(service.client.postJson("/authorize/", now).status()).isEqualTo(200);
    assertThat(service.client.postJson("/authorize/", now).status()).as("replayed").isEqualTo(401);
    String old = Service.logIn(market.buyer, "timestamp: " + service.clock.instant().minusSeconds(400).toEpochMilli());
    assertThat(service.client.postJson("/authorize/", old).status()).isEqualTo(401);
    assertThat(service.client.postJson("/authorize/", Service.logIn(market.buyer, "A duck!")).status()).isEqualTo(401);
    String bad = Service.logIn(market.buyer, "timestamp: " + service.clock.instant().toEpochMilli());
    for (String signature : List.of("0x", "0x00", "nonsense", "0x" + "ff".repeat(65), "0x" + "00".repeat(65))) {
      String body = bad.replaceAll("\"signature\":\"[^\"]*\"", "\"signature\":\"" + signature + "\"");
      assertThat(service.client.postJson("/authorize/", body).status()).as(signature).isEqualTo(401);
    }
  }

  @Test
  void signatureWithAHighSIsNone() throws Exception {
    String message = "timestamp: " + service.clock.instant().minusSeconds(7).toEpochMilli();
    Signature signature = market.buyer.signer().signMessage(message.getBytes(StandardCharsets.UTF_8));
    byte[] s = ORDER.subtract(signature.s()).toByteArray();
    byte[] twin = ByteBuffer.allocate(65).put(signature.bytes(), 0, 32).put(s, s.length - 32, 32)
        .put((byte) (28 - signature.recovery())).array();
    String body = Json.object().put("message", message).put("signature", Hex.of(twin))
        .put("public_key", market.buyer.address().checksummed()).toString();
    assertThat(service.client.postJson("/authorize/", body).status()).isEqualTo(401);
  }

  @Test
  void signInMessageNeedsOurNonceOnceOurNameAndOurChain() throws Exception {
    String nonce = service.client.get("/authorize/nonce").json().path("nonce").asString();
    assertThat(signIn(TestMarket.DNS, DevChain.CHAIN_ID, "0123456789abcdef")).as("not our nonce").isEqualTo(401);
    assertThat(signIn("evil.example", DevChain.CHAIN_ID, nonce)).isEqualTo(401);
    assertThat(signIn(TestMarket.DNS, 1, nonce)).isEqualTo(401);
    assertThat(signIn(TestMarket.DNS, DevChain.CHAIN_ID, nonce)).isEqualTo(200);
    assertThat(signIn(TestMarket.DNS, DevChain.CHAIN_ID, nonce)).as("used").isEqualTo(401);
  }

  private static int signIn(String domain, long chain, String nonce) throws Exception {
    String message = """
        %s wants you to sign in with your Ethereum account:
        %s

        Sign in.

        URI: https://%s/
        Version: 1
        Chain ID: %d
        Nonce: %s
        Issued At: %s""".formatted(domain, market.buyer.address().checksummed(), domain, chain, nonce,
        service.clock.instant());
    return service.client.postJson("/authorize/", Service.logIn(market.buyer, message)).status();
  }

  @Test
  void usedRefreshTokenTakesTheWholeLogInBack() throws Exception {
    JsonNode first = service.logIn(market.wallet(9));
    Client stolen = service.client.as(first.path("refresh_token").asString());
    Client.Answer second = stolen.get("/authorize/?refresh=1");
    assertThat(second.status()).isEqualTo(200);
    assertThat(stolen.get("/authorize/?refresh=1").json().path("msg").asString()).isEqualTo("Token has been revoked");
    assertThat(service.client.as(second.json().path("refresh_token").asString()).get("/authorize/?refresh=1").status())
        .isEqualTo(401);
    assertThat(service.client.as(first.path("access_token").asString()).get("/consent/").status()).isEqualTo(401);
    assertThat(service.client.get("/authorize/?refresh=1").status()).as("no token").isEqualTo(401);
    assertThat(service.client.as("a.b.c").get("/authorize/?refresh=1").status()).isEqualTo(422);
  }

  @Test
  void tokenOfAnotherServiceIsNotBelieved() throws Exception {
    Tokens others = new Tokens(service.store.store(),
        new TokenKeys(new Secret("another service's secret, as long"), List.of()),
        Duration.ofDays(1), Duration.ofDays(1));
    String token = others.issue(market.buyer.address().checksummed()).access();
    assertThat(service.client.as(token).get("/consent/").status()).isEqualTo(422);
    String[] parts = service.token(market.buyer).split("\\.", -1);
    String unsigned = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0." + parts[1] + ".";
    assertThat(service.client.as(unsigned).get("/consent/").status()).isEqualTo(422);
  }
}

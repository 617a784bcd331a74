package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.Names;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.web.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What clients written against older services of this kind rely on, asked of a started service. */
class ChecklistTest {
  private static final byte[] DATA = "burn_the_witch".getBytes(StandardCharsets.UTF_8);
  private static final Hash LISTED = Keccak.hash("burn_the_witch");
  private static TestMarket market;
  private static Service service;

  @BeforeAll
  static void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market, config -> config);
    service.elect();
    Receipt applied = service.apply(market.maker, LISTED);
    service.offer(market.maker, LISTED, service.form(market.maker, LISTED, applied.transaction(), DATA)
        .field("file_type", "application/text").field("title", "so many catz"));
    market.admit(LISTED);
    Service.await(() -> service.datatrust.index().isListed(LISTED));
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    market.close();
  }

  private static JsonNode claims(String token) {
    return Json.parse(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
  }

  @Test
  void logInGivesTokensThatNameTheAccount() throws Exception {
    JsonNode answer = service.logIn(market.buyer);
    assertThat(answer.path("message").asString()).isEqualTo("Signed message verified, access authorized");
    JsonNode access = claims(answer.path("access_token").asString());
    assertThat(access.path("identity").asString()).isEqualTo(market.buyer.address().checksummed());
    assertThat(access.path("type").asString()).isEqualTo("access");
    assertThat(access.path("fresh").asBoolean(true)).isFalse();
    assertThat(access.path("exp").asLong()).isLessThanOrEqualTo(service.clock.instant().getEpochSecond() + 86_400);
    JsonNode refresh = claims(answer.path("refresh_token").asString());
    assertThat(refresh.path("exp").asLong() - refresh.path("iat").asLong()).isEqualTo(2_592_000);
    assertThat(refresh.has("fresh")).isFalse();
  }

  @Test
  void logInTellsWhatIsMissing() throws Exception {
    Client.Answer empty = service.client.postJson("/authorize/", "");
    assertThat(empty.status()).isEqualTo(400);
    assertThat(empty.message()).isEqualTo("Input payload validation failed");
    assertThat(empty.json().path("errors").path("public_key").asString())
        .isEqualTo("Public key from the authorizing client Missing required parameter in the JSON body");
    Client.Answer nothing = service.client.postJson("/authorize/",
        "{\"message\":null,\"signature\":\"0x\",\"public_key\":\"0x\"}");
    assertThat(nothing.message()).isEqualTo("Incomplete payload in request body: %s");
    assertThat(service.client.postJson("/authorize/", "{").message()).startsWith("Failed to decode JSON object: ");
    String lower = Service.logIn(market.buyer, "timestamp: " + service.clock.instant().toEpochMilli())
        .replace(market.buyer.address().checksummed(), market.buyer.address().hex());
    assertThat(service.client.postJson("/authorize/", lower).status()).isEqualTo(401);
  }

  @Test
  void tokensRunOutAndAreRefreshed() throws Exception {
    try (Service later = new Service(market, config -> config.withPublishUrl(false))) {
      JsonNode tokens = later.logIn(market.buyer);
      later.clock.advance(Duration.ofDays(2));
      Client.Answer expired = later.client.as(tokens.path("access_token").asString())
          .get("/deliveries/?delivery_hash=" + LISTED + "&query=" + LISTED);
      assertThat(expired.status()).isEqualTo(401);
      assertThat(expired.json().path("msg").asString()).isEqualTo("Token has expired");
      Client.Answer fresh = later.client.as(tokens.path("refresh_token").asString()).get("/authorize/?refresh=True");
      assertThat(fresh.status()).isEqualTo(200);
      assertThat(claims(fresh.json().path("access_token").asString()).path("identity").asString())
          .isEqualTo(market.buyer.address().checksummed());
    }
    JsonNode none = service.client.get("/authorize/").json();
    assertThat(none.path("message").isNull() && none.path("access_token").isNull()).isTrue();
  }

  @Test
  void tokensAreRefusedInTheKnownWords() throws Exception {
    String path = "/deliveries/?delivery_hash=" + LISTED + "&query=" + LISTED;
    JsonNode tokens = service.logIn(market.buyer);
    String access = tokens.path("access_token").asString();
    assertThat(List.of(
        told(service.client.get(path)), told(service.client.with("Authorization", "Basic x").get(path)),
        told(service.client.with("Authorization", "Bearer").get(path)), told(service.client.as("x").get(path)),
        told(service.client.as(access.substring(0, access.length() - 4) + "AAAA").get(path)),
        told(service.client.as(tokens.path("refresh_token").asString()).get(path)),
        told(service.client.as(access).get("/authorize/?refresh=1"))))
        .containsExactly("401 Missing Authorization Header",
            "422 Bad Authorization header. Expected value 'Bearer <JWT>'",
            "422 Bad Authorization header. Expected value 'Bearer <JWT>'", "422 Not enough segments",
            "422 Signature verification failed", "422 Only access tokens are allowed",
            "422 Only refresh tokens are allowed");
  }

  private static String told(Client.Answer answer) {
    return answer.status() + " " + answer.json().path("msg").asString();
  }

  @Test
  void consentIsKeptForItsOwner() throws Exception {
    Client mine = service.client.as(service.token(market.buyer));
    assertThat(mine.get("/consent/").status()).isEqualTo(404);
    assertThat(mine.postJson("/consent/", "{}").json().path("errors")).hasSize(3);
    Client.Answer agreed = mine.postJson("/consent/", "{\"timestamp\":12345,\"from_us\":true,\"version\":1}");
    assertThat(agreed.status()).isEqualTo(201);
    assertThat(agreed.json().path("consenter").asString()).isEqualTo(market.buyer.address().checksummed());
    JsonNode kept = service.client.get("/consent/?owner=" + market.buyer.address().hex()).json();
    assertThat(kept.toString()).isEqualTo("{\"timestamp\":12345,\"from_us\":true,\"version\":1}");
  }

  @Test
  void listingsAreToldWithTheirSupplyAndTheirBlocks() throws Exception {
    JsonNode all = service.client.get("/listings/").json();
    assertThat(all.path("from_block").asLong()).isZero();
    long block = all.path("to_block").asLong();
    assertThat(block).isPositive();
    assertThat(all.path("items").valueStream().map(item -> item.path("listing_hash").asString()))
        .contains(LISTED.hex());
    JsonNode one = service.client.get("/listings/" + LISTED).json();
    assertThat(one.propertyStream().map(java.util.Map.Entry::getKey)).containsExactly("description", "title", "license",
        "listing_hash", "file_type", "tags", "owner", "size", "supply");
    assertThat(one.path("title").asString()).isEqualTo("so many catz");
    assertThat(one.path("size").asLong()).isEqualTo(14);
    assertThat(one.path("tags").isNull()).isTrue();
    assertThat(service.client.get("/listings/?from-block=" + (block + 1_000)).json().path("to_block").asLong())
        .isZero();
    assertThat(service.client.get("/listings/?owner=" + market.buyer.address().hex()).json().path("items")).isEmpty();
    assertThat(service.client.get("/listings/?from-block=abc").json().path("errors").path("from-block").asString())
        .isEqualTo("Block number to begin scanning from invalid literal for int() with base 10: 'abc'");
    assertThat(service.client.get("/listings/" + Keccak.hash("nothing")).message())
        .isEqualTo("Given listing hash is not a valid Listing");
    assertThat(service.client.get("/listings/..%5Cetc").status()).isEqualTo(400);
  }

  @Test
  void uploadIsKeptAndItsHashWrittenOnTheChain() throws Exception {
    byte[] pony = "a pony".getBytes(StandardCharsets.UTF_8);
    Hash listing = Keccak.hash("a_witch");
    Form form = service.form(market.maker, listing, service.apply(market.maker, listing).transaction(), pony)
        .field("file_type", "gif").field("md5_sum", "7f7c47e44b125f2944cb0879cbe428ce").field("tags", "a, b ,c")
        .field("size", "1");
    Client.Answer answer = service.upload(market.maker, form.filesFirst());
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.message()).isEqualTo("Listing upload success. Data hash sent to protocol");
    String task = answer.json().path("task_id").asString();
    JsonNode ended = service.ended(task);
    assertThat(ended.path("status").asString()).isEqualTo("SUCCESS");
    assertThat(market.rpc().receipt(new Hash(ended.path("result").asString()))).isPresent();
    assertThat(service.status(task).path("status").asString()).as("asked again").isEqualTo("SUCCESS");
    assertThat(market.reader().dataHash(listing).map(Hash::hex))
        .contains("0xadc113d55e8b7d4a4e132b1f24adcef15f4a4d011cb83b7e08d865538fd4bdf5");

    Service.await(() -> service.client.get("/candidates/application/" + listing).status() == 200);
    JsonNode applicant = service.client.get("/candidates/application/" + listing).json();
    assertThat(applicant.propertyStream().map(java.util.Map.Entry::getKey)).containsExactly("kind", "owner", "stake",
        "vote_by", "yea", "nay", "description", "title", "license", "listing_hash", "file_type", "tags", "size",
        "supply");
    assertThat(applicant.path("stake").bigIntegerValue()).isEqualTo(market.parameters.stake());
    assertThat(applicant.path("tags").toString()).isEqualTo("[\"a\",\"b\",\"c\"]");
    assertThat(applicant.path("size").asLong()).isEqualTo(6);
    assertThat(service.client.get("/candidates/application/" + LISTED).message())
        .isEqualTo("Given hash is not a valid candidate");
  }

  @Test
  void uploadRefusalsAreInTheKnownWordsAndOrder() throws Exception {
    Hash listing = Keccak.hash("refused");
    Form whole = service.form(market.maker, listing, Keccak.hash("x"), DATA);
    for (String name : List.of("tx_hash", "listing_hash", "title", "description", "license", "file_type", "md5_sum",
        "owner")) {
      whole.without(name);
    }
    for (String name : List.of("tx_hash", "listing_hash", "title", "description", "license", "file_type", "md5_sum",
        "owner")) {
      assertThat(service.upload(market.maker, whole).message())
          .isEqualTo("Incomplete payload in request body: " + name);
      whole.field(name, switch (name) {
        case "tx_hash", "listing_hash" -> listing.hex();
        case "owner" -> market.maker.address().hex();
        default -> "x";
      });
    }
    Client.Answer wrong = service.upload(market.maker, whole);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.message())
        .isEqualTo("Operation failed due to internal server error: file upload failed, incorrect md5");
    assertThat(service.upload(market.maker, whole.file("more", DATA)).status()).isEqualTo(400);
    assertThat(service.upload(market.maker, whole.withoutFiles()).message())
        .isEqualTo("Incomplete payload in request body: file");
    assertThat(service.upload(market.maker, whole.file("file", new byte[0])).message())
        .isEqualTo("Incomplete payload in request body: file");
    assertThat(service.client.as(service.token(market.maker)).postJson("/listings/", "{}").message())
        .isEqualTo("Incomplete payload in request body: tx_hash");
  }

  @Test
  void candidatesAreToldByKindUntilTheyAreResolved() throws Exception {
    Hash listing = Keccak.hash("voted upon");
    service.offer(market.maker, listing, DATA);
    market.owner.call(market.contracts.marketToken(),
        MarketCalls.approve(market.contracts.voting(), market.parameters.stake()));
    market.owner.call(market.contracts.parameterizer(), MarketCalls.reparameterize(6, BigInteger.valueOf(51)));
    String reparam = "0x0addcb61982bd73106a043cdb4da9f0191d61aafe32de466c926644244108421";
    Service.await(() -> hashes("/candidates/reparam").contains(reparam));
    assertThat(hashes("/candidates/")).containsSubsequence(listing.hex(), reparam);
    JsonNode applications = service.client.get("/candidates/application").json();
    assertThat(applications.path("from_block").asLong()).isZero();
    assertThat(applications.path("to_block").asLong()).isPositive();
    assertThat(applications.path("items").valueStream().map(item -> item.path("listing_hash").asString()))
        .contains(listing.hex());
    market.admit(listing);
    Service.await(() -> !hashes("/candidates/").contains(listing.hex()));
    market.giveShares(market.buyer, market.parameters.stake());
    market.buyer.call(market.contracts.marketToken(),
        MarketCalls.approve(market.contracts.voting(), market.parameters.stake()));
    market.buyer.call(market.contracts.listing(), MarketCalls.challenge(listing));
    Service.await(() -> hashes("/candidates/challenge").contains(listing.hex()));
    assertThat(service.client.get("/candidates/nonsense").status()).isEqualTo(404);
  }

  private static List<String> hashes(String path) throws Exception {
    return service.client.get(path).json().path("items").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void purchaseIsDeliveredAccountedForAndDeliveredAgain() throws Exception {
    Hash delivery = Keccak.hash("monty_pythons_delivery_hash");
    assertThat(service.client.get("/deliveries/?delivery_hash=" + delivery + "&query=" + LISTED).status())
        .isEqualTo(401);
    BigInteger before = market.reader().etherToken(market.backend.address());
    service.buy(market.buyer, delivery, 14);
    assertThat(service.datatrust.index().wasDelivered(delivery, market.buyer.address())).isFalse();
    for (int time = 0; time < 2; time++) {
      Client.Answer answer = service.deliver(market.buyer, delivery, LISTED);
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      assertThat(answer.bytes()).isEqualTo(DATA);
      assertThat(answer.header("Content-Type")).contains("application/text");
      assertThat(answer.header("Content-Length")).contains("14");
      assertThat(answer.header("Content-Disposition")).contains("attachment; filename=" + LISTED);
      assertThat(answer.header("Filename")).contains("so many catz.txt");
      assertThat(answer.header("Cache-Control")).contains("private, no-store");
      Service.await(() -> service.datatrust.index().wasDelivered(delivery, market.buyer.address()));
    }
    BigInteger quarter = market.parameters.costPerByte().multiply(BigInteger.valueOf(14)).shiftRight(2);
    assertThat(market.reader().etherToken(market.backend.address()).subtract(before)).isEqualTo(quarter);
    assertThat(service.datatrust.deliveries().urlHash(delivery.hex()).hex())
        .isEqualTo("0xe00c32fc2b070b3207c22cbad8fb2c8574a6fba9a9f2ea138feb741e600d8d86");
  }

  @Test
  void purchaseOfTooFewBytesDeliversNothing() throws Exception {
    Hash delivery = Keccak.hash("one byte");
    service.buy(market.wallet(6), delivery, 1);
    Client.Answer answer = service.deliver(market.wallet(6), delivery, LISTED);
    assertThat(answer.status()).isEqualTo(412);
    assertThat(answer.message()).isEqualTo("Insufficient bytes purchased for request");
  }

  @Test
  void watchedTransactionsEndTruly() throws Exception {
    Client.Answer nonsense = service.client.postJson("/tasks/", "{\"tx_hash\":\"0xwhatever\"}");
    assertThat(nonsense.status()).isEqualTo(201);
    String task = nonsense.json().path("task_id").asString();
    assertThat(nonsense.message()).isEqualTo("Asynchronous task " + task + " created successfully");
    assertThat(service.client.postJson("/tasks/", "{\"tx_hash\":\"0xwhatever\"}").json().path("task_id").asString())
        .as("watched once").isEqualTo(task);
    JsonNode failed = service.ended(task);
    assertThat(failed.path("status").asString()).isEqualTo("FAILURE");
    assertThat(failed.path("result").isNull()).isTrue();
    Receipt mined = market.maker.call(market.contracts.etherToken(),
        MarketCalls.approve(market.contracts.reserve(), BigInteger.ONE));
    JsonNode done = service.ended(service.client
        .postJson("/tasks/", Json.object().put("tx_hash", mined.transaction().hex()).toString()).json().path("task_id")
        .asString());
    assertThat(done.path("result").asString()).isEqualTo(mined.transaction().hex());
    assertThat(service.status("00000000-0000-4000-8000-000000000000").path("status").asString()).isEqualTo("PENDING");
    assertThat(service.client.get("/tasks/nonsense").status()).isEqualTo(404);
    assertThat(service.client.get("/tasks/").status()).isEqualTo(405);
    assertThat(service.client.postJson("/tasks/", "{}").json().path("errors").has("tx_hash")).isTrue();
    assertThat(service.client.postJson("/tasks/", "{\"tx_hash\":\"\"}").message())
        .isEqualTo("Incomplete payload in request body: tx_hash");
  }

  @Test
  void collectionsEndWithASlashAndPagesOfOtherOriginsAreServed() throws Exception {
    Client.Answer moved = service.client.get("/status");
    assertThat(moved.status()).isEqualTo(308);
    assertThat(moved.header("Location")).contains("/datatrust/status/");
    Client.Answer shared = service.client.with("Origin", "https://dapp.example").get("/status/");
    assertThat(shared.header("Access-Control-Allow-Origin")).contains("https://dapp.example");
    assertThat(shared.text()).endsWith("\n");
    assertThat(service.client.get("/listings/0x").header("Access-Control-Allow-Origin")).contains("*");
    Client.Answer preflight = service.client.with("Origin", "https://dapp.example")
        .with("Access-Control-Request-Headers", "authorization").method("OPTIONS", "/listings/");
    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.header("Access-Control-Allow-Headers")).contains("authorization");
    assertThat(service.client.method("DELETE", "/listings/").message())
        .isEqualTo("The method is not allowed for the requested URL.");
    assertThat(service.client.get("/swagger.json").json().path("paths").has("/candidates/application/{hash}")).isTrue();
  }

  @Test
  void unminedTransactionsAreWaitedForTenMinutesUnlessToldOtherwise() {
    assertThat(Service.config(market).watchLimit()).hasMinutes(10);
  }

  @Test
  void namesAreThoseOfTheFirstClient() {
    Address account = new Address("0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1");
    Hash listing = Names.listing(account, "My Bestest Pony");
    assertThat(listing.hex()).isEqualTo("0x0814e639ef60115a8ae75cbd7c6f7cff4827135473cc8e962ea744ce0b5a8e99");
    assertThat(Names.delivery(account, listing).hex())
        .isEqualTo("0x6a249df2a14feb782a0d951afd56284bfbd1b855aeded82fc1faf8a89ecf4ad5");
  }
}

package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How stored data are looked after, what is measured, and how another service's data are taken over. */
class UpkeepTest {
  private static TestMarket market;
  private static Service service;

  @BeforeAll
  static void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market,
        config -> config.withCallers(new Callers(List.of("https://dapp.example"), 0, 1, true)));
    service.elect();
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    market.close();
  }

  private static List<Path> blobs() throws Exception {
    try (Stream<Path> files = Files.walk(service.store.directory().resolve("datatrust"))) {
      return files.filter(file -> String.valueOf(file.getFileName()).length() == 64).toList();
    }
  }

  private static double gauge(DatatrustMeter meter) {
    service.datatrust.look();
    return service.meters.get(meter.meterName()).tag("market", "default").gauge().value();
  }

  private static JsonNode scrub(Hash listing) throws Exception {
    return service.operator.postJson("/listings/" + listing + "/scrub", "{}").json();
  }

  @Test
  void damagedDataAreFoundWithheldAndGivenAgainOnceTheyAreWhole() throws Exception {
    byte[] data = new byte[200_000];
    new Random(7).nextBytes(data);
    Hash listing = Keccak.hash("damaged");
    List<Path> before = blobs();
    service.list(market.maker, listing, data);
    Path blob = blobs().stream().filter(file -> !before.contains(file)).findFirst().orElseThrow();
    assertThat(scrub(listing).path("ok").asBoolean()).isTrue();
    byte[] stored = Files.readAllBytes(blob);
    byte[] damaged = stored.clone();
    damaged[100] ^= 1;
    Files.write(blob, damaged);
    assertThat(gauge(DatatrustMeter.DAMAGED)).isZero();
    JsonNode found = scrub(listing);
    assertThat(found.path("ok").asBoolean(true)).isFalse();
    assertThat(found.path("fault").asString()).contains("chunk 0");
    assertThat(gauge(DatatrustMeter.DAMAGED)).isEqualTo(1);
    Hash delivery = Keccak.hash("of damaged data");
    service.buy(market.buyer, delivery, data.length);
    assertThat(service.deliver(market.buyer, delivery, listing).status()).as("the beginning is not given away")
        .isEqualTo(503);
    assertThat(service.datatrust.deliveries().recent(10)).noneMatch(booking -> booking.listing().equals(listing));
    Files.write(blob, stored);
    assertThat(scrub(listing).path("ok").asBoolean()).isTrue();
    assertThat(service.deliver(market.buyer, delivery, listing).bytes()).isEqualTo(data);
    Service.await(() -> service.datatrust.index().wasDelivered(delivery, market.buyer.address()));
  }

  @Test
  void dataOfAMakerWhoLeftAreErasedAfterTheirTime() throws Exception {
    Hash listing = Keccak.hash("left");
    List<Path> before = blobs();
    service.list(market.maker, listing, "to be forgotten".getBytes(StandardCharsets.UTF_8));
    List<Path> with = blobs();
    market.maker.call(market.contracts.listing(), MarketCalls.exit(listing));
    Service.await(() -> !service.datatrust.index().isListed(listing));
    service.datatrust.tidy();
    service.clock.advance(Duration.ofDays(29));
    service.datatrust.tidy();
    assertThat(service.datatrust.uploads().find(listing, market.maker.address())).as("kept for a time").isPresent();
    service.clock.advance(Duration.ofDays(2));
    service.datatrust.tidy();
    assertThat(service.datatrust.uploads().find(listing, market.maker.address())).isEmpty();
    assertThat(with).hasSizeGreaterThan(before.size());
    assertThat(blobs()).as("the bytes are gone").noneMatch(file -> with.contains(file) && !before.contains(file));
  }

  @Test
  void officeBalanceAndWhatIsStuckAreMeasured() throws Exception {
    assertThat(gauge(DatatrustMeter.OFFICE)).isEqualTo(1);
    assertThat(gauge(DatatrustMeter.BALANCE)).isPositive();
    assertThat(gauge(DatatrustMeter.LAG)).isZero();
    market.chain.automine(false);
    try {
      Hash listing = Keccak.hash("stuck");
      Hash pending = market.sendUnseen(market.maker, market.contracts.listing(), MarketCalls.list(listing));
      double stuck = gauge(DatatrustMeter.STUCK);
      Client.Answer taken = service.upload(market.maker,
          service.form(market.maker, listing, pending, "never confirmed".getBytes(StandardCharsets.UTF_8)));
      assertThat(taken.status()).isEqualTo(201);
      market.chain.mine(1);
      // Its application is certain; the transaction with the hash stays unmined.
      Service.await(() -> service.status(taken.json().path("task_id").asString()).path("status").asString()
          .equals("STARTED"));
      service.clock.advance(Duration.ofHours(2));
      assertThat(gauge(DatatrustMeter.STUCK)).isEqualTo(stuck + 1);
      market.chain.automine(true);
      market.chain.mine(1);
      assertThat(service.ended(taken.json().path("task_id").asString()).path("status").asString())
          .isEqualTo("SUCCESS");
    } finally {
      market.chain.automine(true);
    }
  }

  @Test
  void pagesOfOtherOriginsMayReadOnlyWhereTheyAreNamed() throws Exception {
    Client.Answer named = service.client.with("Origin", "https://dapp.example").get("/status/");
    assertThat(named.header("Access-Control-Allow-Origin")).contains("https://dapp.example");
    assertThat(named.header("Access-Control-Expose-Headers").orElse("").split(", ", -1))
        .contains("Content-Range", "ETag", "Envelope", "Filename", "Retry-After");
    Client.Answer other = service.client.with("Origin", "https://evil.example").get("/status/");
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.header("Access-Control-Allow-Origin")).isEmpty();
    assertThat(other.header("Vary")).contains("Origin");
  }

  @Test
  void anotherServicesDataAreTakenOverOnceAndOnlyAsTheChainHasThem() throws Exception {
    byte[] data = "kept by another service".getBytes(StandardCharsets.UTF_8);
    Hash listing = Keccak.hash("moved in");
    service.list(market.maker, listing, data);
    try (Service ours = new Service(market, config -> config.withPublishUrl(false))) {
      Service.await(() -> ours.datatrust.index().isListed(listing));
      assertThat(ours.client.get("/listings/" + listing).status()).as("listed, and not here").isEqualTo(404);
      Form row = Form.of(data).field("title", "Old title").field("file_type", "text/csv").field("tags", "a,b")
          .field("md5_sum", Form.md5(data)).field("owner", "0x" + "9".repeat(40)).field("size", "1");
      assertThat(adopt(ours, listing, Form.of("other data".getBytes(StandardCharsets.UTF_8))).status()).isEqualTo(409);
      assertThat(adopt(ours, Keccak.hash("unknown"), row).status()).isEqualTo(404);
      assertThat(adopt(ours, listing, row).json().path("state").asString()).isEqualTo("taken over");
      assertThat(adopt(ours, listing, row).json().path("state").asString()).isEqualTo("there before");
      JsonNode told = ours.client.get("/listings/" + listing).json();
      assertThat(told.path("title").asString()).isEqualTo("Old title");
      assertThat(told.path("owner").asString()).as("the chain's word, not the row's")
          .isEqualTo(market.maker.address().checksummed());
      assertThat(told.path("size").asInt()).as("measured").isEqualTo(data.length);
      Hash delivery = Keccak.hash("bought after moving");
      ours.buy(market.buyer, delivery, data.length);
      assertThat(ours.deliver(market.buyer, delivery, listing).bytes()).isEqualTo(data);
      Service.await(() -> ours.datatrust.index().wasDelivered(delivery, market.buyer.address()));
    }
  }

  private static Client.Answer adopt(Service at, Hash listing, Form form) throws Exception {
    return at.operator.post("/listings/" + listing + "/adopt", form.contentType(), form.body());
  }
}

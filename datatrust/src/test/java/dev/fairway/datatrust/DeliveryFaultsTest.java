package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.delivery.Booking;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.datatrust.object.Envelope;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong while data are given out, and that nobody gets or pays anything twice for it. */
class DeliveryFaultsTest {
  private static final Hash LISTED = Keccak.hash("readings");
  private static final Hash DELIVERY = Keccak.hash("a purchase");
  private final byte[] data = new byte[200_000];
  private TestMarket market;
  private Service service;

  @BeforeEach
  void start() throws Exception {
    new Random(7).nextBytes(data);
    market = TestMarket.deploy();
    service = new Service(market, config -> config);
    service.elect();
    service.list(market.maker, LISTED, data);
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    market.close();
  }

  private Client buyer() throws Exception {
    return service.client.as(service.token(market.buyer));
  }

  private static String path() {
    return "/deliveries/?delivery_hash=" + DELIVERY + "&query=" + LISTED;
  }

  @Test
  void partsAreServedAndABrokenDownloadGoesOnWithoutAnotherPayment() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    Client.Answer head = buyer().method("HEAD", path());
    assertThat(head.status()).isEqualTo(200);
    assertThat(service.datatrust.deliveries().recent(10)).as("a look books nothing").isEmpty();
    Client.Answer first = buyer().with("Range", "bytes=0-99999").get(path());
    assertThat(first.status()).isEqualTo(206);
    assertThat(first.bytes()).isEqualTo(Arrays.copyOf(data, 100_000));
    String etag = first.header("ETag").orElseThrow();
    Client.Answer rest = buyer().with("Range", "bytes=100000-").with("If-Range", etag).get(path());
    assertThat(rest.status()).isEqualTo(206);
    assertThat(rest.bytes()).isEqualTo(Arrays.copyOfRange(data, 100_000, data.length));
    assertThat(buyer().with("Range", "bytes=200000-").get(path()).status()).isEqualTo(416);
    assertThat(buyer().with("Range", "bytes=5-9").with("If-Range", "\"other\"").get(path()).status()).isEqualTo(200);
    assertThat(first.header("Repr-Digest")).isPresent();
    Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    assertThat(service.datatrust.index().sales(LISTED)).isEqualTo(1);
  }

  @Test
  void dataAreEncryptedToTheirBuyerWhoGoesOnWhereADownloadBroke() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    // The last two are points that give everybody the same secret: zero, and one.
    for (String none : List.of("", "x", "A".repeat(42) + "!", "A".repeat(43) + "=", "A".repeat(43),
        "AQ" + "A".repeat(41))) {
      Client.Answer refused = buyer().get(path() + "&recipient=" + none);
      assertThat(refused.status()).as(none).isEqualTo(400);
      assertThat(refused.json().path("errors").has("recipient")).as(none).isTrue();
    }
    assertThat(service.datatrust.deliveries().recent(10)).as("nothing is charged for them").isEmpty();
    Envelope.Opener mine = new Envelope.Opener();
    String to = path() + "&recipient=" + mine.recipient().text();
    Client.Answer first = buyer().with("Range", "bytes=0-99999").get(to);
    Client.Answer rest = buyer().with("Range", "bytes=100000-").with("If-Range", first.header("ETag").orElseThrow())
        .get(to);
    assertThat(List.of(first.status(), rest.status())).containsExactly(206, 206);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    mine.open(new SequenceInputStream(new ByteArrayInputStream(first.bytes()), new ByteArrayInputStream(rest.bytes())),
        Deliveries.purpose(DELIVERY, LISTED), plain);
    assertThat(plain.toByteArray()).isEqualTo(data);
    assertThat(service.datatrust.deliveries().recent(10)).hasSize(1);
  }

  @Test
  void manyAtOnceAreBookedOnce() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    String token = service.token(market.buyer);
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Integer> fetch = () -> service.client.as(token).get(path()).status();
      for (Future<Integer> status : many.invokeAll(java.util.Collections.nCopies(8, fetch))) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
    Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    assertThat(service.datatrust.index().sales(LISTED)).isEqualTo(1);
    assertThat(service.datatrust.deliveries().recent(10)).hasSize(1);
  }

  @Test
  void damagedOrMissingDataAreNotCharged() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    Path blob;
    try (Stream<Path> files = Files.walk(service.store.directory().resolve("datatrust"))) {
      blob = files.filter(file -> String.valueOf(file.getFileName()).length() == 64).findFirst().orElseThrow();
    }
    byte[] stored = Files.readAllBytes(blob);
    assertThat(new String(stored, java.nio.charset.StandardCharsets.ISO_8859_1))
        .as("encrypted at rest").doesNotContain(new String(data, 0, 64, java.nio.charset.StandardCharsets.ISO_8859_1));
    byte[] damaged = stored.clone();
    damaged[damaged.length - 1] ^= 1;
    Files.write(blob, damaged);
    assertThat(buyer().get(path()).status()).isEqualTo(503);
    Files.write(blob, Arrays.copyOf(stored, stored.length - 100));
    assertThat(buyer().get(path()).status()).isEqualTo(503);
    Files.delete(blob);
    assertThat(buyer().get(path()).status()).isEqualTo(503);
    assertThat(service.datatrust.deliveries().recent(10)).isEmpty();
    Files.write(blob, stored);
    assertThat(buyer().get(path()).bytes()).isEqualTo(data);
  }

  @Test
  void dataThatAreNotWhatTheChainSaysAreWithheld() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    market.backend.call(market.contracts.datatrust(), MarketCalls.setDataHash(LISTED, Keccak.hash("other data")));
    assertThat(buyer().get(path()).status()).isEqualTo(503);
    assertThat(service.datatrust.deliveries().recent(10)).isEmpty();
  }

  @Test
  void bookingSurvivesARestartAndIsSentOnce() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    market.chain.automine(false);
    assertThat(buyer().get(path()).bytes()).as("sent, not mined").isEqualTo(data);
    service.restart();
    assertThat(buyer().get(path()).bytes()).isEqualTo(data);
    market.chain.automine(true);
    market.chain.mine(1);
    Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    assertThat(service.datatrust.index().sales(LISTED)).isEqualTo(1);
    service.restart();
    assertThat(buyer().get(path()).bytes()).isEqualTo(data);
  }

  @Test
  void forkThatTakesThePurchaseAwayTakesTheDeliveryAlong() throws Exception {
    market.chain.mine(1);
    long before = market.chain.height();
    service.buy(market.buyer, DELIVERY, data.length);
    assertThat(buyer().get(path()).bytes()).isEqualTo(data);
    Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    // What the buyer sent is gone for good; what the node sent it sends again, and the contract refuses.
    market.chain.fork((int) (market.chain.height() - before));
    market.chain.mine(3);
    Service.await(() -> service.datatrust.deliveries().recent(1).getFirst().state() == Booking.State.VOID);
    Service.await(() -> !service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    assertThat(buyer().get(path()).status()).isEqualTo(401);
    assertThat(service.datatrust.index().sales(LISTED)).isZero();
  }

  @Test
  void losingOfficeEndsNewDeliveriesAndKeepsOldOnes() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    assertThat(buyer().get(path()).status()).isEqualTo(200);
    Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    market.elect(market.wallet(5), "another.example.org");
    Service.await(() -> !service.datatrust.office().isOurs());
    Hash later = Keccak.hash("a later purchase");
    service.buy(market.buyer, later, data.length);
    Client.Answer refused = service.deliver(market.buyer, later, LISTED);
    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.message()).isEqualTo("This API is not currently the registered datatrust");
    assertThat(buyer().get(path()).bytes()).isEqualTo(data);
    Form form = service.form(market.maker, Keccak.hash("new"), Keccak.hash("tx"), data);
    assertThat(service.upload(market.maker, form).message())
        .isEqualTo("This API is not currently the registered datatrust");
    assertThat(service.client.get("/status/").json().path("registered").asBoolean(true)).isFalse();
  }

  @Test
  void chainThatIsDownStopsNothingThatIsKnown() throws Exception {
    service.buy(market.buyer, DELIVERY, data.length);
    assertThat(buyer().get(path()).status()).isEqualTo(200);
    Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
    service.restart(URI.create("http://127.0.0.1:9"));
    assertThat(service.client.get("/status/").json().path("registered").asBoolean()).isTrue();
    assertThat(service.client.get("/listings/").json().path("items")).hasSize(1);
    assertThat(buyer().get(path()).bytes()).as("bought and booked").isEqualTo(data);
    Client.Answer unknown = service.deliver(market.buyer, Keccak.hash("unknown"), LISTED);
    assertThat(unknown.status()).isEqualTo(503);
    assertThat(unknown.header("Retry-After")).isPresent();
    assertThat(List.of(unknown.message())).containsExactly("Operation failed due to internal server error");
  }
}

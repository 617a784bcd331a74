package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.Receipt;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a chain and an election can do to a datatrust: nobody is given anything for it, and nothing is lost. */
class ChainFaultsTest {
  private static final byte[] DATA = "fourteen bytes".getBytes(StandardCharsets.UTF_8);
  private static final Hash LISTED = Keccak.hash("for sale");
  private static final Hash DELIVERY = Keccak.hash("a purchase");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);
  private TestMarket market;
  private Service service;

  @BeforeEach
  void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market,
        config -> config.withBooking(DatatrustConfig.BookedBy.SENT, Duration.ofMillis(500)));
    service.elect();
    service.list(market.maker, LISTED, DATA);
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    market.close();
  }

  private void baseFee(BigInteger wei) {
    market.rpc().call("anvil_setNextBlockBaseFeePerGas", Hex.of(wei));
    market.chain.mine(1);
  }

  /* A task that has looked before the block was mined looks again when its clock has gone on. */
  private JsonNode endedAsTimePasses(String task) throws Exception {
    Service.await(() -> {
      service.clock.advance(Duration.ofSeconds(1));
      return !List.of("PENDING", "STARTED").contains(service.status(task).path("status").asString());
    });
    return service.status(task);
  }

  private void assertDeliveredOnce() throws Exception {
    Service.await(() -> {
      // What was sent is sent again when it stays unmined for a time.
      service.clock.advance(Duration.ofSeconds(1));
      return service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address());
    });
    assertThat(service.deliver(market.buyer, DELIVERY, LISTED).bytes()).isEqualTo(DATA);
    assertThat(service.datatrust.index().sales(LISTED)).isEqualTo(1);
    assertThat(service.datatrust.deliveries().recent(10)).hasSize(1);
  }

  @Test
  void whileGasIsTooDearNothingIsGivenAndTheBookingWaits() throws Exception {
    service.buy(market.buyer, DELIVERY, DATA.length);
    baseFee(GWEI.multiply(BigInteger.valueOf(5_000)));
    Client.Answer held = service.deliver(market.buyer, DELIVERY, LISTED);
    assertThat(held.status()).as(held.text()).isEqualTo(503);
    assertThat(held.header("Retry-After")).isPresent();
    Service.await(() -> service.datatrust.trouble().isPresent());
    assertThat(service.datatrust.trouble()).get().asString().contains("gas");
    baseFee(GWEI);
    Service.await(() -> service.deliver(market.buyer, DELIVERY, LISTED).status() == 200);
    assertDeliveredOnce();
  }

  @Test
  void anEmptyAccountIsToldAndSendsOnceItIsFilled() throws Exception {
    service.buy(market.buyer, DELIVERY, DATA.length);
    BigInteger before = market.rpc().balance(market.backend.address());
    market.rpc().call("anvil_setBalance", market.backend.address().hex(), "0x0");
    int status = service.deliver(market.buyer, DELIVERY, LISTED).status();
    assertThat(status).as("signed, or not yet").isIn(200, 503);
    Service.await(() -> service.datatrust.trouble().isPresent());
    assertThat(service.datatrust.trouble()).get().asString().contains("fund");
    market.rpc().call("anvil_setBalance", market.backend.address().hex(), Hex.of(before));
    assertDeliveredOnce();
    assertThat(service.datatrust.trouble()).isEmpty();
  }

  @Test
  void aDroppedTransactionIsSentAgain() throws Exception {
    service.buy(market.buyer, DELIVERY, DATA.length);
    market.chain.automine(false);
    assertThat(service.deliver(market.buyer, DELIVERY, LISTED).status()).isEqualTo(200);
    market.rpc().call("anvil_dropAllTransactions");
    market.chain.automine(true);
    market.chain.mine(1);
    assertDeliveredOnce();
  }

  @Test
  void nodeThatLagsShowsNoPurchaseAndOnceItHasCaughtUpItIsDelivered() throws Exception {
    try (FlakyNode node = new FlakyNode(market.chain.url())) {
      service.restart(node.url());
      String seen = "\"" + Hex.of(market.chain.height()) + "\"";
      node.weather(request -> Optional.of(new FlakyNode.Bad(200, asked(request.replace("\"latest\"", seen)))));
      service.buy(market.buyer, DELIVERY, DATA.length);
      assertThat(service.client.get("/listings/").json().path("items")).hasSize(1);
      Client.Answer early = service.deliver(market.buyer, DELIVERY, LISTED);
      assertThat(early.status()).as(early.text()).isEqualTo(401);
      assertThat(service.datatrust.deliveries().recent(10)).isEmpty();
      node.fair();
      Service.await(() -> service.deliver(market.buyer, DELIVERY, LISTED).status() == 200);
      assertDeliveredOnce();
    }
  }

  private String asked(String request) {
    try {
      return HTTP.send(HttpRequest.newBuilder(market.chain.url()).header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(request)).build(), BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void uploadUnderWayWhenTheServiceStopsIsTakenWholeAndConfirmedByTheNextOne() throws Exception {
    Hash listing = Keccak.hash("while it drains");
    Form form = service.form(market.maker, listing, service.apply(market.maker, listing).transaction(), DATA);
    byte[] body = form.body();
    Client first = service.client;
    Client maker = first.as(service.token(market.maker));
    try (PipedOutputStream sent = new PipedOutputStream();
        PipedInputStream arriving = new PipedInputStream(sent, body.length);
        ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      long begun = service.steps().getOrDefault("is_registered", 0L);
      Future<Client.Answer> answer = others.submit(() -> maker.post("/listings/", form.contentType(), arriving));
      sent.write(body, 0, body.length - 40);
      sent.flush();
      Service.await(() -> service.steps().getOrDefault("is_registered", 0L) > begun);
      Future<?> restart = others.submit(() -> service.restart());
      Service.await(() -> refusesNewCalls(first));
      sent.write(body, body.length - 40, 40);
      sent.close();
      assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(201);
      restart.get();
      JsonNode ended = endedAsTimePasses(answer.get().json().path("task_id").asString());
      assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("SUCCESS");
    }
    assertThat(market.reader().dataHash(listing)).contains(Keccak.hash("fourteen bytes"));
  }

  private static boolean refusesNewCalls(Client client) throws Exception {
    try {
      return client.get("/status/").status() == 503;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void officeLostInMidUploadKeepsNothing() throws Exception {
    Hash listing = Keccak.hash("too late");
    Receipt applied = service.apply(market.maker, listing);
    Form form = service.form(market.maker, listing, applied.transaction(), DATA);
    byte[] body = form.body();
    String token = service.token(market.maker);
    try (PipedOutputStream sent = new PipedOutputStream();
        PipedInputStream arriving = new PipedInputStream(sent, body.length);
        ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Client.Answer> answer = other
          .submit(() -> service.client.as(token).post("/listings/", form.contentType(), arriving));
      sent.write(body, 0, body.length - 40);
      sent.flush();
      market.elect(market.wallet(5), "another.example.org");
      Service.await(() -> !service.datatrust.office().isOurs());
      sent.write(body, body.length - 40, 40);
      sent.close();
      assertThat(answer.get().status()).isEqualTo(500);
      assertThat(answer.get().message()).isEqualTo("This API is not currently the registered datatrust");
    }
    assertThat(service.datatrust.uploads().find(listing, market.maker.address())).isEmpty();
    assertThat(market.reader().dataHash(listing)).isEmpty();
  }

  @Test
  void officeLostBeforeTheHashIsWrittenFailsTheTaskWithTheReason() throws Exception {
    Hash listing = Keccak.hash("not ours to confirm");
    market.stand(market.wallet(5), "another.example.org");
    market.chain.automine(false);
    Hash applied = market.sendUnseen(market.maker, market.contracts.listing(), MarketCalls.list(listing));
    Client.Answer taken = service.upload(market.maker, service.form(market.maker, listing, applied, DATA));
    assertThat(taken.status()).as(taken.text()).isEqualTo(201);
    market.sendUnseen(market.owner, market.contracts.datatrust(),
        MarketCalls.resolveRegistration(Keccak.hash("another.example.org")));
    market.chain.mine(1);
    market.chain.automine(true);
    JsonNode ended = endedAsTimePasses(taken.json().path("task_id").asString());
    assertThat(ended.path("status").asString()).isEqualTo("FAILURE");
    assertThat(ended.path("reason").asString()).contains("not the registered datatrust any more");
    assertThat(market.reader().dataHash(listing)).isEmpty();
  }

  @Test
  void aRevertedApplicationFailsItsUploadWithTheReason() throws Exception {
    Hash listing = Keccak.hash("applied for twice");
    service.apply(market.maker, listing);
    Hash second = market.sendUnseen(market.wallet(6), market.contracts.listing(), MarketCalls.list(listing));
    Client.Answer taken = service.upload(market.maker, service.form(market.maker, listing, second, DATA));
    assertThat(taken.status()).as(taken.text()).isEqualTo(201);
    JsonNode ended = service.ended(taken.json().path("task_id").asString());
    assertThat(ended.path("status").asString()).isEqualTo("FAILURE");
    assertThat(ended.path("reason").asString()).contains("has reverted");
    assertThat(market.reader().dataHash(listing)).isEmpty();
  }

  @Test
  void anApplicationThatIsNeverMinedTimesOutAndMayBeUploadedForAgain() throws Exception {
    Hash listing = Keccak.hash("never mined");
    Client.Answer taken = service.upload(market.maker,
        service.form(market.maker, listing, Keccak.hash("a dropped transaction"), DATA));
    assertThat(service.status(taken.json().path("task_id").asString()).path("status").asString()).isEqualTo("PENDING");
    service.clock.advance(Duration.ofMinutes(11));
    JsonNode ended = service.ended(taken.json().path("task_id").asString());
    assertThat(ended.path("status").asString()).isEqualTo("FAILURE");
    assertThat(ended.path("reason").asString()).isEqualTo("Transaction mining time has exceeded the timeout of 600");
    service.offer(market.maker, listing, DATA);
  }
}

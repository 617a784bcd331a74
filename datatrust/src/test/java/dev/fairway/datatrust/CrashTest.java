package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.datatrust.task.Task;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A crash at a write of an upload or a delivery: nothing is booked twice, nothing given away, no task lost. A build tries some
 * writes; {@code -Dfairway.crashes=all} tries each, before and after it is durable.
 */
class CrashTest {
  private static final byte[] DATA = "fourteen bytes".getBytes(StandardCharsets.UTF_8);
  private static final Hash LISTED = Keccak.hash("for sale");
  private static TestMarket market;
  private static Service service;

  /** Which write, and whether it is done. */
  record Crash(int write, boolean done) {
    @Override
    public String toString() {
      return (done ? "after" : "before") + " write " + write;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market, config -> config);
    service.elect();
    service.list(market.maker, LISTED, DATA);
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    market.close();
  }

  static List<Crash> crashes() {
    return System.getProperty("fairway.crashes", "some").equals("all")
        ? IntStream.rangeClosed(1, 40).boxed()
            .flatMap(write -> Stream.of(new Crash(write, false), new Crash(write, true))).toList()
        : IntStream.of(1, 2, 4, 6, 8, 11).mapToObj(write -> new Crash(write, write % 4 != 0)).toList();
  }

  @ParameterizedTest
  @MethodSource("crashes")
  void uploadIsKeptWholeOrNotAtAllAndItsTaskEnds(Crash crash) throws Exception {
    Hash listing = Keccak.hash("uploaded, crash " + crash);
    Form form = service.form(market.maker, listing, service.apply(market.maker, listing).transaction(), DATA);
    String token = service.token(market.maker);
    service.arm(new Fuse(crash.write(), crash.done()));
    Optional<String> promised = accepted(() -> service.client.as(token).post("/listings/", form.contentType(),
        form.body()));
    if (promised.isPresent()) {
      // What was answered goes on by itself, up to the crash and after it.
      settle(() -> market.reader().dataHash(listing).isPresent());
    }
    service.disarm();
    Client.Answer again = service.client.as(token).post("/listings/", form.contentType(), form.body());
    assertThat(again.status()).as(again.text()).isEqualTo(201);
    String task = again.json().path("task_id").asString();
    promised.ifPresent(before -> assertThat(task).as("the same data are the same task").isEqualTo(before));
    JsonNode ended = service.ended(task);
    assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("SUCCESS");
    assertThat(market.reader().dataHash(listing)).contains(Keccak.hash("fourteen bytes"));
    assertThat(service.datatrust.tasks().recent(500).stream().filter(one -> one.kind() == Task.Kind.DATA_HASH
        && one.listing().equals(Optional.of(listing)))).as("written to the chain once").hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("crashes")
  void purchaseIsBookedOnceAndPaidOnce(Crash crash) throws Exception {
    Hash delivery = Keccak.hash("bought, crash " + crash);
    service.buy(market.buyer, delivery, DATA.length);
    String token = service.token(market.buyer);
    long sold = service.datatrust.index().sales(LISTED);
    BigInteger paid = market.reader().etherToken(market.backend.address());
    String path = "/deliveries/?delivery_hash=" + delivery + "&query=" + LISTED;
    service.arm(new Fuse(crash.write(), crash.done()));
    boolean given = answered(() -> service.client.as(token).get(path)).filter(answer -> answer.status() == 200)
        .isPresent();
    if (given) {
      settle(() -> market.reader().purchase(delivery).isEmpty());
    }
    service.disarm();
    Service.await(() -> service.client.as(token).get(path).status() == 200);
    Service.await(() -> service.datatrust.index().wasDelivered(delivery, market.buyer.address()));
    assertThat(service.client.as(token).get(path).bytes()).isEqualTo(DATA);
    assertThat(service.datatrust.index().sales(LISTED)).as("booked once").isEqualTo(sold + 1);
    assertThat(market.reader().bytesPurchased(market.buyer.address())).as("all that was bought is used up").isZero();
    assertThat(market.reader().etherToken(market.backend.address()).subtract(paid)).as("paid once")
        .isEqualTo(350_000_000_000L);
  }

  /** Waits until the crash has come, or there is nothing left to crash. */
  private static void settle(Callable<Boolean> over) {
    Service.await(() -> service.fuse().blown() || over.call());
  }

  private static Optional<String> accepted(Callable<Client.Answer> call) throws Exception {
    return answered(call).filter(answer -> answer.status() == 201)
        .map(answer -> answer.json().path("task_id").asString());
  }

  private static Optional<Client.Answer> answered(Callable<Client.Answer> call) throws Exception {
    try {
      return Optional.of(call.call());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

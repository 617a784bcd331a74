package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What operators of older services watch: how long steps take, what gas costs, and what lies on the disk. */
class FiguresChecklistTest {
  private static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);
  private static final byte[] DATA = "burn_the_witch".getBytes(StandardCharsets.UTF_8);
  private static final Hash LISTED = Keccak.hash("burn_the_witch");
  private static final Hash DELIVERY = Keccak.hash("monty_pythons_delivery_hash");
  private static TestMarket market;
  private static Service service;

  @BeforeAll
  static void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market, config -> config);
    service.elect();
    service.list(market.maker, LISTED, DATA);
    service.buy(market.buyer, DELIVERY, DATA.length);
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    market.close();
  }

  @Test
  void listingsAreTimedByTheKnownNames() throws Exception {
    assertThat(service.stepsOf(() -> service.client.get("/listings/"))).contains("get_listing", "get_listings",
        "set_dynamo_table");
    assertThat(service.stepsOf(() -> service.client.get("/listings/" + LISTED))).containsExactly("get_single_listing");
    assertThat(service.stepsOf(() -> service.client.get("/status/"))).contains("is_registered", "get_backend_url");
  }

  @Test
  void uploadsAndCandidatesAreTimedByTheKnownNames() throws Exception {
    Hash listing = Keccak.hash("timed");
    assertThat(service.stepsOf(() -> {
      service.offer(market.maker, listing, DATA);
      return listing;
    })).contains("get_payload", "upload_to_s3", "save_to_db");
    assertThat(service.stepsOf(() -> service.client.get("/candidates/application"))).contains("get_voting",
        "extract_listing_hashes", "extract_listing_hashes_to_block");
    assertThat(service.stepsOf(() -> service.client.get("/candidates/application/" + listing)))
        .containsExactly("get_application");
  }

  @Test
  void deliveriesAreTimedByTheKnownNamesAndLeaveNoFile() throws Exception {
    List<Path> before = files();
    assertThat(service.stepsOf(() -> {
      assertThat(service.deliver(market.buyer, DELIVERY, LISTED).bytes()).isEqualTo(DATA);
      Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
      return DELIVERY;
    })).contains("get_delivery", "get_bytes_purchased", "listing_accessed", "delivered",
        "get_listing_mimetype_size_and_title", "get_listing_and_meta");
    assertThat(service.client.as(service.token(market.owner)).get("/previews/" + LISTED).status()).isEqualTo(200);
    assertThat(files()).as("nothing is copied to be sent").isEqualTo(before);
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(service.store.directory().resolve("datatrust"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void whereAChainAsksTwoGweiTwoGweiArePaidAndTenMinutesWaited() throws Exception {
    Hash listing = Keccak.hash("priced");
    Form form = service.form(market.maker, listing, service.apply(market.maker, listing).transaction(), DATA);
    // A base fee of one, and on top the tip that this chain asks for, which is one.
    for (int block = 0; block < 2; block++) {
      market.chain.mine(block);
      market.rpc().call("anvil_setNextBlockBaseFeePerGas", Hex.of(GWEI));
    }
    JsonNode ended = service.ended(service.upload(market.maker, form).json().path("task_id").asString());
    JsonNode receipt = market.rpc().call("eth_getTransactionReceipt", ended.path("result").asString());
    assertThat(Hex.number(receipt.path("effectiveGasPrice").asString())).isEqualTo(GWEI.shiftLeft(1));
    assertThat(Service.config(market).watchLimit()).hasSeconds(600);
  }
}

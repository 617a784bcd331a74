package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.store.TemporaryStore;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One listing's whole life through the service: elected, applied for, uploaded, listed, bought, delivered, paid, left. */
class WholeLifeTest {
  private static final byte[] DATA = "burn_the_witch".getBytes(StandardCharsets.UTF_8);
  private static final Hash LISTING = Keccak.hash("burn_the_witch");
  private static final Hash DELIVERY = Keccak.hash("monty_pythons_delivery_hash");

  @Test
  void dataAreListedBoughtDeliveredAndPaidFor() throws Exception {
    live(clock -> TemporaryStore.embedded(clock, Datatrust.ROOMS.toArray(String[]::new)));
  }

  @Test
  void theSameOnPostgres() throws Exception {
    live(clock -> TemporaryStore.postgres(clock, Datatrust.ROOMS.toArray(String[]::new)));
  }

  private static void live(Function<Clock, TemporaryStore> home) throws Exception {
    try (TestMarket market = TestMarket.deploy(); Service service = new Service(market, config -> config, home)) {
      assertThat(service.client.get("/status/").json().path("registered").asBoolean()).isFalse();
      service.elect();
      Service.await(() -> service.client.get("/status/").json().path("url").asString().equals(TestMarket.DNS));
      assertThat(service.client.get("/status/").json().path("registered").asBoolean()).isTrue();

      service.list(market.maker, LISTING, DATA);
      assertThat(market.reader().dataHash(LISTING)).contains(Keccak.hash("burn_the_witch"));
      JsonNode listings = service.client.get("/listings/").json();
      assertThat(listings.path("items")).hasSize(1);
      assertThat(listings.path("to_block").asLong()).isPositive();
      JsonNode listing = service.client.get("/listings/" + LISTING).json();
      assertThat(listing.path("supply").bigIntegerValue()).isEqualTo(market.parameters.listReward());
      assertThat(listing.path("owner").asString()).isEqualTo(market.maker.address().checksummed());

      service.buy(market.buyer, DELIVERY, DATA.length);
      Client.Answer delivered = service.deliver(market.buyer, DELIVERY, LISTING);
      assertThat(delivered.status()).as(delivered.text()).isEqualTo(200);
      assertThat(delivered.bytes()).isEqualTo(DATA);
      Service.await(() -> service.datatrust.index().wasDelivered(DELIVERY, market.buyer.address()));
      assertThat(market.reader().etherToken(market.backend.address())).isEqualTo(350_000_000_000L);
      assertThat(market.reader().accessReward(LISTING)).isEqualTo(350_000_000_000L);

      Client.Answer again = service.deliver(market.buyer, DELIVERY, LISTING);
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.bytes()).isEqualTo(DATA);
      assertThat(service.datatrust.index().sales(LISTING)).isEqualTo(1);

      market.maker.call(market.contracts.listing(), MarketCalls.exit(LISTING));
      Service.await(() -> !service.datatrust.index().isListed(LISTING));
      assertThat(service.client.get("/listings/" + LISTING).status()).isEqualTo(404);
      assertThat(market.reader().listing(LISTING)).isEqualTo(Optional.empty());
      assertThat(market.reader().bytesPurchased(market.buyer.address())).isEqualTo(BigInteger.ZERO);
    }
  }
}

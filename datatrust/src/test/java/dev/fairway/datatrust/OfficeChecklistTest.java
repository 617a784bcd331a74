package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.market.CandidateKind;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How a started service stands for datatrust, and what of a market it tells before anything is listed. */
class OfficeChecklistTest {
  private TestMarket market;
  private Service service;

  @BeforeEach
  void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market, config -> config.withCompat(new Compat(true, true, true, false)));
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    market.close();
  }

  private void done(List<UUID> tasks) throws Exception {
    for (UUID task : tasks) {
      assertThat(service.ended(task.toString()).path("status").asString()).isEqualTo("SUCCESS");
    }
  }

  @Test
  void registeringAllowsExactlyTheStakeAndMakesTheNameACandidate() throws Exception {
    BigInteger stake = market.parameters.stake();
    assertThatThrownBy(() -> service.datatrust.office().register()).isInstanceOf(FairwayException.class)
        .hasMessage("Insufficient CMT available to pay the stake for this operation.");
    market.giveShares(market.backend, stake);
    assertThat(market.reader().candidate(Keccak.hash(TestMarket.DNS))).as("not a candidate").isEmpty();
    List<UUID> tasks = service.datatrust.office().register();
    assertThat(tasks).as("an allowance, then the registration").hasSize(2);
    done(tasks);
    assertThat(market.reader().candidate(Keccak.hash(TestMarket.DNS))).get()
        .satisfies(poll -> assertThat(poll.kind()).isEqualTo(CandidateKind.REGISTRATION));
    assertThat(market.reader().marketToken(market.backend.address())).as("staked").isZero();
    assertThat(market.reader().marketTokenAllowance(market.backend.address(), market.contracts.voting()))
        .as("not more than the stake was allowed").isZero();
  }

  @Test
  void electionIsResolvedByTheServiceWhichThenNamesItselfAndFetchesItsStake() throws Exception {
    BigInteger stake = market.parameters.stake();
    market.giveShares(market.backend, stake);
    market.backend.call(market.contracts.marketToken(), MarketCalls.approve(market.contracts.voting(), stake));
    List<UUID> tasks = service.datatrust.office().register();
    assertThat(tasks).as("the stake was allowed before").hasSize(1);
    done(tasks);
    Hash candidate = service.datatrust.office().candidate();
    market.approve(candidate);
    market.closePoll();
    done(List.of(service.datatrust.office().resolve(candidate)));
    assertThat(market.reader().candidate(candidate)).as("no longer a candidate").isEmpty();
    Service.await(() -> service.client.get("/status/").json().path("registered").asBoolean());
    Service.await(() -> service.client.get("/status/").json().path("url").asString().equals(TestMarket.DNS));
    done(List.of(service.datatrust.office().unstake(candidate)));
    assertThat(market.reader().marketToken(market.backend.address())).isEqualTo(stake);
    assertThatThrownBy(() -> service.datatrust.office().register()).isInstanceOf(FairwayException.class)
        .hasMessage("This API is currently the registered datatrust");
  }

  @Test
  void highestBlockIsToldWhicheverCandidatesAreGone() throws Exception {
    List<Hash> three = new ArrayList<>();
    long block = 0;
    for (String name : List.of("one", "two", "three")) {
      three.add(Keccak.hash(name));
      block = service.apply(market.maker, Keccak.hash(name)).blockNumber();
    }
    market.closePoll();
    for (int gone = 0; gone <= three.size(); gone++) {
      List<String> left = three.subList(gone, three.size()).stream().map(Hash::hex).toList();
      Service.await(() -> hashes(candidates()).equals(left));
      assertThat(candidates().path("to_block").asLong()).as("with " + gone + " excluded").isEqualTo(block);
      if (gone < three.size()) {
        market.owner.call(market.contracts.listing(), MarketCalls.resolveApplication(three.get(gone)));
      }
    }
  }

  private JsonNode candidates() throws Exception {
    return service.client.get("/candidates/").json();
  }

  private static List<String> hashes(JsonNode answer) {
    return answer.path("items").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void oldClientsAreServedWhereTheirLoosenessIsSwitchedOn() throws Exception {
    service.elect();
    byte[] pony = "a pony".getBytes(StandardCharsets.UTF_8);
    Hash listing = Keccak.hash("a_witch");
    Form form = service.form(market.maker, listing, service.apply(market.maker, listing).transaction(), pony)
        .field("file_type", "gif");
    Client.Answer taken = service.client.post("/listings/", form.contentType(), form.body());
    assertThat(taken.status()).as("without a token: %s", taken.text()).isEqualTo(201);
    assertThat(service.ended(taken.json().path("task_id").asString()).path("status").asString()).isEqualTo("SUCCESS");

    String freely = Service.logIn(market.owner, "A duck!");
    for (int time = 0; time < 2; time++) {
      Client.Answer in = service.client.postJson("/authorize/", freely);
      assertThat(in.status()).isEqualTo(200);
      Client patron = service.client.as(in.json().path("access_token").asString());
      Service.await(() -> patron.get("/previews/" + listing).status() == 200);
      Client.Answer preview = patron.get("/previews/" + listing);
      assertThat(preview.bytes()).isEqualTo(pony);
      assertThat(preview.header("Content-Type")).contains("gif");
      assertThat(preview.header("Content-Disposition")).get().asString()
          .startsWith("attachment; filename=" + listing);
    }
  }
}

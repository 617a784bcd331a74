package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.datatrust.identity.TokenKeys;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.sign.Signer;
import dev.fairway.store.Sql;
import dev.fairway.web.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What somebody tries against the service itself: to see its insides, to go on with a token that was taken back, to ask until
 * nobody else can, and to be a contract that has signed nothing.
 */
class ServiceAttackTest {
  /** A wallet that takes a signature for its own when it is the digest that was to be signed; it reverts at any other. */
  private static final String ECHO_WALLET = "0x602080600b6000396000f3" + "606435" + "600435" + "14" + "600f57"
      + "60006000fd" + "5b" + "631626ba7e" + "60e01b" + "600052" + "60206000f3";
  private static TestMarket market;
  private static Service service;

  @BeforeAll
  static void start() throws Exception {
    market = TestMarket.deploy();
    service = new Service(market, config -> config.withPublishUrl(false));
    service.elect();
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    market.close();
  }

  @Test
  void failureOfOursShowsNothingOfTheInside() throws Exception {
    byte[] data = "a pony".getBytes(StandardCharsets.UTF_8);
    Hash listing = Keccak.hash("spoilt row");
    service.offer(market.maker, listing, data);
    Service.await(() -> service.client.get("/candidates/application/" + listing).status() == 200);
    service.store.store().run(tx -> Sql.on(tx)
        .createUpdate("UPDATE datatrust_upload SET task = 'no identifier' WHERE listing = :listing")
        .bind("listing", listing.hex()).execute());
    Client.Answer failed = service.client.get("/candidates/application/" + listing);
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.message()).isEqualTo("Internal Server Error");
    assertThat(failed.header("Content-Type")).contains("application/json");
    assertThat(failed.json().propertyNames()).containsExactlyInAnyOrder("message", "request_id");
    for (String door : List.of("/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/debug", "/env")) {
      assertThat(service.client.get(door).status()).as(door).isEqualTo(404);
    }
    service.store.store().run(tx -> Sql.on(tx).createUpdate("DELETE FROM datatrust_upload WHERE listing = :listing")
        .bind("listing", listing.hex()).execute());
  }

  @Test
  void tokensEndWhenTheirHolderLogsOut() throws Exception {
    JsonNode in = service.logIn(market.buyer);
    Client holder = service.client.as(in.path("access_token").asString());
    assertThat(holder.get("/consent/").status()).isEqualTo(404);
    assertThat(holder.method("DELETE", "/authorize/").status()).isEqualTo(204);
    assertThat(holder.get("/consent/").json().path("msg").asString()).isEqualTo("Token has been revoked");
    Client.Answer refreshed = service.client.as(in.path("refresh_token").asString()).get("/authorize/?refresh=1");
    assertThat(refreshed.status()).isEqualTo(401);
    assertThat(service.client.method("DELETE", "/authorize/").status()).as("nobody's").isEqualTo(401);
  }

  @Test
  void logOutCountsAsLongAsAnAccessTokenHoldsWhichMayBeLongerThanARefreshToken() throws Exception {
    Duration refresh = Duration.ofHours(1);
    try (Service lasting = new Service(market, config -> config.withPublishUrl(false)
        .withTimes(Duration.ofDays(30), refresh, config.watchLimit()))) {
      Client holder = lasting.client.as(lasting.token(market.buyer));
      assertThat(holder.method("DELETE", "/authorize/").status()).isEqualTo(204);
      lasting.clock.advance(refresh.multipliedBy(2));
      assertThat(lasting.client.get("/authorize/nonce").status()).as("what ran out is forgotten on the way")
          .isEqualTo(200);
      Client.Answer refused = holder.get("/consent/");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.json().path("msg").asString()).isEqualTo("Token has been revoked");
    }
  }

  @Test
  void operatorTakesAllTokensOfAnAccountBack() throws Exception {
    JsonNode stolen = service.logIn(market.wallet(7));
    String other = service.token(market.wallet(8));
    assertThat(service.operator.postJson("/accounts/" + market.wallet(7).address() + "/revoke", "{}").status())
        .isEqualTo(204);
    assertThat(service.client.as(stolen.path("access_token").asString()).get("/consent/").status()).isEqualTo(401);
    assertThat(service.client.as(stolen.path("refresh_token").asString()).get("/authorize/?refresh=1").status())
        .isEqualTo(401);
    assertThat(service.client.as(other).get("/consent/").status()).as("another's").isEqualTo(404);
    service.clock.advance(Duration.ofSeconds(2));
    assertThat(service.client.as(service.token(market.wallet(7))).get("/consent/").status()).as("logged in anew")
        .isEqualTo(404);
    assertThat(service.operator.postJson("/accounts/nobody/revoke", "{}").status()).isEqualTo(400);
  }

  @Test
  void secretIsReplacedWithoutLoggingAnybodyOutAndThenDropped() throws Exception {
    String before = service.token(market.buyer);
    Secret next = new Secret("another secret of a test, as long as the first");
    try (Service rotated = new Service(market, config -> config.withPublishUrl(false)
        .withTokenKeys(new TokenKeys(next, List.of(Service.JWT))));
        Service dropped = new Service(market, config -> config.withPublishUrl(false)
            .withTokenKeys(new TokenKeys(next, List.of())))) {
      assertThat(rotated.client.as(before).get("/consent/").status()).as("still believed").isEqualTo(404);
      String after = rotated.token(market.buyer);
      assertThat(dropped.client.as(after).get("/consent/").status()).as("signed with the new one").isEqualTo(404);
      assertThat(dropped.client.as(before).get("/consent/").status()).as("signed with the old one").isEqualTo(422);
      assertThat(service.client.as(after).get("/consent/").status()).as("of a key it does not know").isEqualTo(422);
    }
  }

  @Test
  void whoAsksTooOftenIsSlowedDownAloneWhateverTokenHeMakesUp() throws Exception {
    try (Service slow = new Service(market, config -> config.withPublishUrl(false)
        .withCallers(new Callers(List.of(), 1, 4, true)))) {
      String token = slow.token(market.buyer);
      Client stranger = slow.client;
      Client.Answer answer = stranger.get("/tasks/nonsense");
      for (int call = 0; call < 60 && answer.status() != 429; call++) {
        answer = stranger.as("made.up." + call).get("/tasks/nonsense");
      }
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.message()).startsWith("Too many calls");
      assertThat(answer.header("Retry-After")).isPresent();
      assertThat(slow.client.as(token).get("/consent/").status()).as("an account counts for itself").isEqualTo(404);
      assertThat(stranger.get("/status/").status()).as("asked by whoever balances load").isEqualTo(200);
      assertThat(stranger.method("OPTIONS", "/status/").status()).as("asked by browsers").isEqualTo(200);
    }
  }

  @Test
  void strangersBehindAProxyDoNotSlowEachOtherDown() throws Exception {
    try (Service proxied = new Service(market, config -> config.withPublishUrl(false)
        .withCallers(new Callers(List.of(), 1, 4, false)))) {
      Client holder = proxied.client.as(proxied.token(market.buyer));
      for (int call = 0; call < 20; call++) {
        assertThat(proxied.client.get("/tasks/nonsense").status()).isEqualTo(404);
      }
      Client.Answer answer = holder.get("/consent/");
      for (int call = 0; call < 60 && answer.status() != 429; call++) {
        answer = holder.get("/consent/");
      }
      assertThat(answer.status()).as("an account is still limited").isEqualTo(429);
    }
  }

  @Test
  void contractWalletLogsInByItsOwnWordAndNobodyInItsName() throws Exception {
    Address wallet = market.owner.deploy(ECHO_WALLET);
    String message = "timestamp: " + service.clock.instant().minusSeconds(60).toEpochMilli();
    String word = Hex.of(Signer.messageDigest(message.getBytes(StandardCharsets.UTF_8)));
    assertThat(logIn(wallet, message, "0x" + "11".repeat(32))).as("it reverts").isEqualTo(401);
    assertThat(logIn(market.wallet(9).address(), message, word)).as("no contract").isEqualTo(401);
    assertThat(logIn(market.contracts.etherToken(), message, word)).as("not a wallet").isEqualTo(401);
    assertThat(logIn(wallet, "A duck!", Hex.of(Signer.messageDigest("A duck!".getBytes(StandardCharsets.UTF_8)))))
        .isEqualTo(401);
    assertThat(logIn(wallet, message, word)).isEqualTo(200);
    assertThat(logIn(wallet, message, word)).as("replayed").isEqualTo(401);
  }

  @Test
  void strangersCannotHaveTheChainAskedAtWillAndKeysLogInMeanwhile() throws Exception {
    try (Service asked = new Service(market, config -> config.withPublishUrl(false));
        ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      String message = "timestamp: " + asked.clock.instant().toEpochMilli();
      String guess = Json.object().put("message", message).put("signature", "0x" + "11".repeat(32))
          .put("public_key", market.wallet(9).address().checksummed()).toString();
      Callable<Client.Answer> attempt = () -> asked.client.postJson("/authorize/", guess);
      List<Client.Answer> answers = new ArrayList<>();
      for (Future<Client.Answer> answer : many.invokeAll(Collections.nCopies(100, attempt))) {
        answers.add(answer.get());
      }
      assertThat(answers).extracting(Client.Answer::status).containsOnly(401, 429);
      assertThat(answers).filteredOn(answer -> answer.status() == 429)
          .allSatisfy(answer -> assertThat(answer.header("Retry-After")).isPresent());
      assertThat(asked.token(market.buyer)).as("a key's log-in asks nobody").isNotEmpty();
    }
  }

  private static int logIn(Address account, String message, String signature) throws Exception {
    return service.client.postJson("/authorize/", Json.object().put("message", message).put("signature", signature)
        .put("public_key", account.checksummed()).toString()).status();
  }
}

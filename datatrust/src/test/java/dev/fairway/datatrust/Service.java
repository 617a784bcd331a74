package dev.fairway.datatrust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.core.store.Store;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.TestMarket;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.store.TemporaryStore;
import dev.fairway.store.blob.DiskBlobs;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A started service in front of a market, and what people do with the two. */
final class Service implements AutoCloseable {
  static final Secret JWT = new Secret("a secret of a test, long enough for anyone");
  static final Secret SEAL = new Secret("another");

  final TestMarket market;
  final TestClock clock = new TestClock(Instant.now());
  final TemporaryStore store;
  SimpleMeterRegistry meters = new SimpleMeterRegistry();
  Datatrust datatrust;
  Client client;
  Client operator;
  private final UnaryOperator<DatatrustConfig> change;
  private RpcConfig chain;
  private EthereumRpc rpc;
  private Transactions transactions;
  private Workers workers;
  private WebServer server;
  private Fuse fuse = Fuse.none();

  Service(TestMarket market, UnaryOperator<DatatrustConfig> change) {
    this(market, change, clock -> TemporaryStore.embedded(clock, Datatrust.ROOMS.toArray(String[]::new)));
  }

  Service(TestMarket market, UnaryOperator<DatatrustConfig> change, Function<Clock, TemporaryStore> home) {
    this.market = market;
    this.change = change;
    this.chain = RpcConfig.of(market.chain.url()).withCoolDown(Duration.ofMillis(1));
    this.store = home.apply(clock);
    open();
  }

  static DatatrustConfig config(TestMarket market) {
    return DatatrustConfig.of(market.contracts, TestMarket.DNS, JWT, SEAL).withChain(new Finality.Depth(0),
        Duration.ofMillis(20));
  }

  private void open() {
    Handlers handlers = new Handlers();
    meters = new SimpleMeterRegistry();
    DatatrustConfig config = change.apply(config(market));
    rpc = new EthereumRpc(chain.withChainId(DevChain.CHAIN_ID));
    Store kept = fuse.store(store.store());
    transactions = new Transactions(kept, rpc, market.backend.signer(), TransactionsConfig.DEFAULT
        .withFinality(config.finality()).withPoll(config.poll()).withPatience(Duration.ofMillis(500)));
    datatrust = new Datatrust(config, new Datatrust.Parts(kept,
        new DiskBlobs(store.directory().resolve("datatrust")), handlers, rpc, transactions,
        meters));
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(),
        List.of(datatrust.door("/datatrust"), datatrust.operatorDoor("/api/datatrust")));
    workers = new Workers(fuse.work(store.work()), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT).start();
    transactions.start();
    datatrust.start();
    client = new Client(URI.create(server.baseUrl() + "/datatrust"));
    operator = new Client(URI.create(server.baseUrl() + "/api/datatrust"));
  }

  /** Stops all threads of it, and starts it again on what it kept. */
  void restart() {
    shut();
    store.reopen();
    open();
  }

  /** Starts it again to crash at a write. */
  void arm(Fuse next) {
    fuse = next;
    restart();
  }

  /** Starts it again to stay. */
  void disarm() {
    arm(Fuse.none());
  }

  Fuse fuse() {
    return fuse;
  }

  /** Starts it again with its chain reached at another address. */
  void restart(URI node) {
    chain = RpcConfig.of(node).withCoolDown(Duration.ofMillis(1)).withTimeout(Duration.ofSeconds(2));
    restart();
  }

  private void shut() {
    server.close();
    workers.close();
    datatrust.close();
    transactions.close();
    rpc.close();
  }

  void elect() throws Exception {
    market.elect(market.backend, TestMarket.DNS);
    await(() -> datatrust.office().isOurs());
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  /** Signs in as old clients do. */
  String token(Wallet wallet) throws Exception {
    return logIn(wallet).path("access_token").asString();
  }

  JsonNode logIn(Wallet wallet) throws Exception {
    String message = "timestamp: " + clock.instant().toEpochMilli();
    // Each log-in is another message.
    clock.advance(Duration.ofMillis(1));
    Client.Answer answer = client.postJson("/authorize/", logIn(wallet, message));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  static String logIn(Wallet wallet, String message) {
    return Json.object().put("message", message)
        .put("signature", wallet.signer().signMessage(message.getBytes(StandardCharsets.UTF_8)).toString())
        .put("public_key", wallet.address().checksummed()).toString();
  }

  /** Applies for a listing; the transaction. */
  Receipt apply(Wallet maker, Hash listing) throws InterruptedException {
    return maker.call(market.contracts.listing(), MarketCalls.list(listing));
  }

  Form form(Wallet maker, Hash listing, Hash transaction, byte[] data) {
    return Form.of(data).field("tx_hash", transaction.hex()).field("listing_hash", listing.hex())
        .field("title", "My Bestest Pony").field("description", "a pony").field("license", "MIT")
        .field("file_type", "image/png").field("md5_sum", Form.md5(data)).field("owner", maker.address().hex());
  }

  Client.Answer upload(Wallet maker, Form form) throws Exception {
    return client.as(token(maker)).post("/listings/", form.contentType(), form.body());
  }

  /** Waits until a task has ended. */
  JsonNode ended(String task) throws Exception {
    await(() -> !List.of("PENDING", "STARTED").contains(status(task).path("status").asString()));
    return status(task);
  }

  JsonNode status(String task) throws Exception {
    return client.get("/tasks/" + task).json();
  }

  /** A maker's data on their way to being listed: applied for, uploaded, confirmed on the chain. */
  void offer(Wallet maker, Hash listing, byte[] data) throws Exception {
    offer(maker, listing, form(maker, listing, apply(maker, listing).transaction(), data));
  }

  void offer(Wallet maker, Hash listing, Form form) throws Exception {
    Client.Answer answer = upload(maker, form);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(ended(answer.json().path("task_id").asString()).path("status").asString()).isEqualTo("SUCCESS");
  }

  /** A maker's data, listed. */
  void list(Wallet maker, Hash listing, byte[] data) throws Exception {
    offer(maker, listing, data);
    market.admit(listing);
    await(() -> datatrust.index().isListed(listing));
  }

  /** How often each step was taken, by the names of older services. */
  Map<String, Long> steps() {
    return meters.find("fairway.datatrust.step").timers().stream()
        .collect(Collectors.toMap(timer -> String.valueOf(timer.getId().getTag("step")), Timer::count));
  }

  /** The steps something takes. */
  Set<String> stepsOf(Callable<?> something) throws Exception {
    Map<String, Long> before = steps();
    something.call();
    return steps().entrySet().stream().filter(step -> step.getValue() > before.getOrDefault(step.getKey(), 0L))
        .map(Map.Entry::getKey).collect(Collectors.toSet());
  }

  /** Buys bytes, and waits until the service can see it. */
  void buy(Wallet buyer, Hash delivery, long bytes) throws InterruptedException {
    market.buy(buyer, delivery, bytes);
  }

  Client.Answer deliver(Wallet buyer, Hash delivery, Hash listing) throws Exception {
    return client.as(token(buyer)).get("/deliveries/?delivery_hash=" + delivery + "&query=" + listing);
  }

  @Override
  public void close() {
    shut();
    store.close();
  }
}

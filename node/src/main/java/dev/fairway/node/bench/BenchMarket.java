package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.datatrust.Datatrust;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.datatrust.market.MarketDeployment;
import dev.fairway.datatrust.market.MarketParameters;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.node.pair.NodeProcess;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.blob.DiskBlobs;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Json;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import tools.jackson.databind.JsonNode;

/** A market on a chain of its own whose datatrust is a node of its own, with a maker and a buyer. */
final class BenchMarket implements AutoCloseable {
  private static final MarketParameters FIGURES = MarketParameters.DEMO;
  private static final String DNS = "bench.example.org";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final DevChain chain;
  private final EthereumRpc rpc;
  private final MarketContracts at;
  private final Wallet owner;
  private final Wallet maker;
  private final Wallet buyer;
  private final Path folder;
  private final NodeProcess process;
  private URI node = URI.create("http://127.0.0.1:0");
  private String token = "";
  private Bought bought;

  /** A listing applied for. */
  record Application(Hash listing, Hash transaction) {}

  private BenchMarket(Path home, DevChain chain) throws IOException, InterruptedException {
    this.chain = chain;
    this.rpc = new EthereumRpc(RpcConfig.of(chain.url()));
    this.owner = wallet(0);
    this.maker = wallet(1);
    this.buyer = wallet(2);
    this.bought = new Bought(buyer.address(), Keccak.hash(""), Keccak.hash(""));
    this.folder = home.resolve("market");
    this.at = MarketDeployment.deploy(owner, FIGURES, step -> {});
    StringBuilder settings = new StringBuilder("""
        exchange: { document-limit: 4 GiB }
        datatrust:
          chain: { url: %s, chain-id: %d, confirmations: 0, poll: 50ms }
          dns-name: %s
          operator-key: "%s"
          jwt-secret: a secret of a benchmark, long enough for anyone
          contracts:
        """.formatted(chain.url(), DevChain.CHAIN_ID, DNS, chain.keys().get(3).reveal()));
    at.byName().forEach((name, address) -> settings.append("    ").append(name).append(": \"").append(address)
        .append("\"\n"));
    this.process = BenchCommand.node(folder, settings.toString());
  }

  /** Starts it, up to the node's election. */
  static BenchMarket start(Path home) throws IOException, InterruptedException {
    DevChain chain = DevChain.start(DevChain.Options.fleeting());
    BenchMarket market = new BenchMarket(home, chain);
    market.elect();
    return market;
  }

  private void elect() throws IOException, InterruptedException {
    node = process.start();
    owner.call(at.marketToken(), MarketCalls.transfer(wallet(3).address(), FIGURES.stake()));
    expect(202, post("/api/datatrust/register", "{}"));
    await("the candidate", () -> send(HttpRequest.newBuilder(
        URI.create(node + "/api/datatrust/candidates/" + Keccak.hash(DNS)))).statusCode() == 200);
    decide(Keccak.hash(DNS));
    await("the office", () -> json("/datatrust/status/").path("registered").asBoolean());
  }

  URI node() {
    return node;
  }

  long pid() {
    return process.pid();
  }

  private Wallet wallet(int account) {
    return new Wallet(rpc, KeySigner.of(chain.keys().get(account)), PATIENCE);
  }

  private void decide(Hash candidate) throws IOException, InterruptedException {
    owner.call(at.marketToken(), MarketCalls.approve(at.voting(), FIGURES.stake()));
    owner.call(at.voting(), MarketCalls.vote(candidate, MarketCalls.YEA));
    rpc.call("evm_increaseTime", FIGURES.voteBy().plusSeconds(2).toSeconds());
    rpc.call("anvil_mine", "0x1");
    expect(202, post("/api/datatrust/candidates/" + candidate + "/resolve", "{}"));
  }

  Application apply(Hash listing) throws InterruptedException {
    return new Application(listing, maker.call(at.listing(), MarketCalls.list(listing)).transaction());
  }

  /** Hands data in; returns when the node has answered for them. */
  void post(Application application, Path source, String md5) throws IOException, InterruptedException {
    logIn(maker);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("tx_hash", application.transaction().hex());
    fields.put("listing_hash", application.listing().hex());
    fields.put("title", "Benchmark");
    fields.put("description", "random bytes");
    fields.put("license", "MIT");
    fields.put("file_type", "application/octet-stream");
    fields.put("md5_sum", md5);
    fields.put("owner", maker.address().hex());
    String answer = RawTransfer.post(node, "/datatrust/listings/", authorization(), fields, "file", source);
    if (!answer.startsWith("HTTP/1.1 201")) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the upload was answered: " + answer);
    }
  }

  /** Waits for the data hash, and has the listing voted in. */
  void list(Hash listing) throws IOException, InterruptedException {
    await("the data hash", () -> json("/api/datatrust/tasks").path("items").valueStream()
        .anyMatch(task -> task.path("listing").asString("").equals(listing.hex())
            && task.path("state").asString().equals("confirmed")));
    decide(listing);
    await("the listing", () -> send(HttpRequest.newBuilder(URI.create(node + "/datatrust/listings/" + listing)))
        .statusCode() == 200);
  }

  Hash buy(Hash listing, long bytes) throws InterruptedException {
    Hash delivery = Keccak.hash("a purchase of " + listing);
    BigInteger price = FIGURES.costPerByte().multiply(BigInteger.valueOf(bytes));
    buyer.pay(at.etherToken(), MarketCalls.deposit(), price);
    buyer.call(at.etherToken(), MarketCalls.approve(at.datatrust(), price));
    buyer.call(at.datatrust(), MarketCalls.requestDelivery(delivery, bytes));
    return delivery;
  }

  /** Books and fetches. */
  void download(Hash delivery, Hash listing, long bytes) throws IOException, InterruptedException {
    logIn(buyer);
    bought = new Bought(buyer.address(), delivery, listing);
    RawTransfer.get(node, "/datatrust/deliveries/?delivery_hash=" + delivery + "&query=" + listing, authorization(),
        bytes);
  }

  /** What was last bought: who may have it again is asked of these. */
  Bought bought() {
    return bought;
  }

  /** A purchase. */
  record Bought(Address buyer, Hash delivery, Hash listing) {}

  /** Stops the node; what it kept, opened in this process. */
  Kept stop() throws IOException {
    process.close();
    Secret sealing = new Secret(Files.readString(folder.resolve("sealing.key")).strip());
    SqlStore store = SqlStore.open(new StorageConfig.Embedded(folder), Clock.systemUTC(), Datatrust.ROOMS);
    Transactions sender = new Transactions(store, rpc, KeySigner.of(chain.keys().get(3)), TransactionsConfig.DEFAULT);
    Datatrust datatrust = new Datatrust(DatatrustConfig.of(at, DNS, new Secret("nobody asks with a token of this one"),
        sealing),
        new Datatrust.Parts(store, new DiskBlobs(folder.resolve("datatrust")), new Handlers(), rpc, sender,
            new SimpleMeterRegistry()));
    return new Kept(store, datatrust);
  }

  /** A datatrust that answers and does nothing else. */
  record Kept(SqlStore store, Datatrust datatrust) implements AutoCloseable {
    @Override
    public void close() {
      datatrust.close();
      store.close();
    }
  }

  private String authorization() {
    return "Authorization: Bearer " + token + "\r\n";
  }

  private void logIn(Wallet wallet) throws IOException, InterruptedException {
    String message = "timestamp: " + System.currentTimeMillis();
    HttpResponse<String> answer = post("/datatrust/authorize/", Json.object().put("message", message)
        .put("signature", wallet.signer().signMessage(message.getBytes(StandardCharsets.UTF_8)).toString())
        .put("public_key", wallet.address().checksummed()).toString());
    expect(200, answer);
    token = Json.parse(answer.body()).path("access_token").asString();
  }

  private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(node + path)).header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body)));
  }

  private JsonNode json(String path) throws IOException, InterruptedException {
    return Json.parse(send(HttpRequest.newBuilder(URI.create(node + path))).body());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  private static void expect(int status, HttpResponse<String> answer) {
    if (answer.statusCode() != status) {
      throw new FairwayException(ErrorCode.PEER_FAILED,
          answer.uri().getPath() + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  private static void await(String what, Callable<Boolean> condition) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.call()) {
        if (System.nanoTime() > deadline) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "waited " + PATIENCE + " for " + what);
        }
        Thread.sleep(50);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static String md5(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      byte[] buffer = new byte[LargeFile.MEBIBYTE];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.close();
    http.close();
    rpc.close();
    chain.close();
  }
}

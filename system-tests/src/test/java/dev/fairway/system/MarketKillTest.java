package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.datatrust.market.MarketDeployment;
import dev.fairway.datatrust.market.MarketParameters;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.s3.BucketServer;
import dev.fairway.s3.S3Config;
import dev.fairway.web.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A datatrust killed ({@code kill -9}) at each step of an upload and of a delivery: in mid-upload, before and after the data hash
 * is sent, when bytes are booked and half of them read, and before the purchase is settled. Its data lie in an S3 bucket. A build
 * kills it three times, since each start costs seconds; {@code -Dfairway.kills=all} does all.
 */
class MarketKillTest {
  private static final MarketParameters FIGURES = MarketParameters.DEMO;
  private static final String BUCKET = "market";
  private static final String DNS = "data.example.org";
  private static final boolean ALL = System.getProperty("fairway.kills", "some").equals("all");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private final byte[] data = new byte[3_000_000];
  @TempDir
  private Path folder;
  private DevChain chain;
  private EthereumRpc rpc;
  private MarketContracts at;
  private Wallet owner;
  private Wallet maker;
  private Wallet buyer;
  private BucketServer buckets;
  private ServedNode node;

  @BeforeEach
  void start() throws Exception {
    new Random(7).nextBytes(data);
    chain = DevChain.start(DevChain.Options.fleeting());
    rpc = new EthereumRpc(RpcConfig.of(chain.url()));
    owner = wallet(0);
    maker = wallet(1);
    buyer = wallet(2);
    at = MarketDeployment.deploy(owner, FIGURES, step -> {});
    StringBuilder contracts = new StringBuilder();
    at.byName().forEach((name, address) -> contracts.append("    ").append(name).append(": \"").append(address)
        .append("\"\n"));
    buckets = BucketServer.start(Files.createDirectories(folder.resolve("s3")));
    S3Config bucket = buckets.bucket(BUCKET);
    S3Config.Credentials credentials = bucket.credentials().orElseThrow();
    node = ServedNode.start(folder, "node", "AU", """
        store:
          bucket: { name: %s, endpoint: "%s", access-key: %s, secret-key: %s }
        datatrust:
          chain: { url: %s, chain-id: %d, confirmations: 0, poll: 50ms }
          dns-name: %s
          operator-key: "%s"
          jwt-secret: a secret of a test, long enough for anyone
          contracts:
        %s""".formatted(BUCKET, buckets.endpoint(), credentials.accessKey(), credentials.secretKey().reveal(),
        chain.url(), DevChain.CHAIN_ID, DNS, chain.keys().get(3).reveal(), contracts));
    Wallet operator = wallet(3);
    owner.call(at.marketToken(), MarketCalls.transfer(operator.address(), FIGURES.stake()));
    assertThat(node.post("/api/datatrust/register", "application/json", "{}").statusCode()).isEqualTo(202);
    await(() -> market().candidate(Keccak.hash(DNS)).isPresent());
    vote(Keccak.hash(DNS));
    await(() -> node.json("/datatrust/status/").path("registered").asBoolean());
  }

  @AfterEach
  void stop() {
    node.close();
    buckets.close();
    rpc.close();
    chain.close();
  }

  private Wallet wallet(int account) {
    return new Wallet(rpc, KeySigner.of(chain.keys().get(account)), Duration.ofMinutes(1));
  }

  private MarketReader market() {
    return MarketReader.latest(rpc, at);
  }

  private void vote(Hash candidate) throws Exception {
    owner.call(at.marketToken(), MarketCalls.approve(at.voting(), FIGURES.stake()));
    owner.call(at.voting(), MarketCalls.vote(candidate, MarketCalls.YEA));
    rpc.call("evm_increaseTime", FIGURES.voteBy().plusSeconds(2).toSeconds());
    rpc.call("anvil_mine", "0x1");
    HttpResponse<String> resolved = node.post("/api/datatrust/candidates/" + candidate + "/resolve",
        "application/json", "{}");
    assertThat(resolved.statusCode()).as(resolved.body()).isEqualTo(202);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(50)).until(condition);
  }

  private void mining(boolean on) {
    rpc.call("evm_setAutomine", on);
  }

  private void mine() {
    rpc.call("anvil_mine", "0x1");
  }

  private int waiting() {
    return Integer.decode(rpc.call("txpool_status").path("pending").asString());
  }

  private void killAndStart() throws Exception {
    node.process().kill();
    node.restart();
  }

  private String token(Wallet wallet) throws Exception {
    String message = "timestamp: " + System.currentTimeMillis();
    JsonNode answer = Json.parse(node.post("/datatrust/authorize/", "application/json", Json.object()
        .put("message", message)
        .put("signature", wallet.signer().signMessage(message.getBytes(StandardCharsets.UTF_8)).toString())
        .put("public_key", wallet.address().checksummed()).toString()).body());
    return answer.path("access_token").asString();
  }

  @Test
  void killedAtEachStepItBooksOnceGivesNothingAwayAndLosesNoTask() throws Exception {
    Hash listing = Keccak.hash("tide readings");
    mining(false);
    Hash applied = new Hash(rpc.call("eth_sendTransaction", Map.of("from", maker.address().hex(), "to",
        at.listing().hex(), "data", MarketCalls.list(listing), "gas", "0x7a120")).asString());

    byte[] form = form(listing, applied);
    if (ALL) {
      killInMidUpload(form);
    }

    // Taken in, and the application is not mined.
    String task = upload(form).path("task_id").asString();
    if (ALL) {
      killAndStart();
    }
    assertThat(task(task).path("status").asString()).as("the task that was promised").isEqualTo("PENDING");

    // The data hash is sent, and not mined.
    mine();
    await(() -> waiting() == 1);
    killAndStart();
    assertThat(task(task).path("status").asString()).isEqualTo("STARTED");
    mining(true);
    mine();
    await(() -> task(task).path("status").asString().equals("SUCCESS"));
    assertThat(upload(form).path("task_id").asString()).as("the same data are the same task").isEqualTo(task);
    vote(listing);
    await(() -> node.send(node.to("/datatrust/listings/" + listing)).statusCode() == 200);

    buyAndKill(listing, Keccak.hash("a purchase"));
    assertThat(buckets.keys(BUCKET)).as("what was handed in, once").filteredOn(key -> key.startsWith("datatrust/"))
        .hasSize(1);
    assertThat(folder.resolve("node/datatrust")).as("not in the node's folder").doesNotExist();
  }

  private void killInMidUpload(byte[] form) throws Exception {
    try (Socket socket = new Socket(node.url().getHost(), node.url().getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /datatrust/listings/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token(maker)
          + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " + form.length + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      out.write(form, 0, form.length / 2);
      out.flush();
      killAndStart();
    }
    assertThat(node.json("/api/datatrust/uploads").path("items")).as("half an upload is none").isEmpty();
  }

  private void buyAndKill(Hash listing, Hash delivery) throws Exception {
    BigInteger price = FIGURES.costPerByte().multiply(BigInteger.valueOf(data.length));
    buyer.pay(at.etherToken(), MarketCalls.deposit(), price);
    buyer.call(at.etherToken(), MarketCalls.approve(at.datatrust(), price));
    buyer.call(at.datatrust(), MarketCalls.requestDelivery(delivery, data.length));
    String path = "/datatrust/deliveries/?delivery_hash=" + delivery + "&query=" + listing;

    // Booked, nothing of it mined, half of the bytes read.
    mining(false);
    HttpResponse<InputStream> first = HTTP.send(
        node.to(path).header("Authorization", "Bearer " + token(buyer)).build(), BodyHandlers.ofInputStream());
    assertThat(first.statusCode()).isEqualTo(200);
    String etag = first.headers().firstValue("ETag").orElseThrow();
    byte[] half;
    try (InputStream body = first.body()) {
      half = body.readNBytes(data.length / 2);
      killAndStart();
    }
    HttpRequest.Builder rest = node.to(path).header("Authorization", "Bearer " + token(buyer))
        .header("Range", "bytes=" + half.length + "-").header("If-Range", etag);
    HttpResponse<byte[]> second = HTTP.send(rest.build(), BodyHandlers.ofByteArray());
    assertThat(second.statusCode()).isEqualTo(206);
    assertThat(half).isEqualTo(Arrays.copyOf(data, half.length));
    assertThat(second.body()).isEqualTo(Arrays.copyOfRange(data, half.length, data.length));

    // Booked for certain, and not settled.
    await(() -> waiting() == 1);
    mine();
    await(() -> market().purchase(delivery).filter(bought -> bought.open().signum() == 0).isPresent());
    killAndStart();
    mining(true);
    mine();
    await(() -> market().purchase(delivery).isEmpty());
    await(() -> node.json("/api/datatrust/deliveries").path("items").path(0).path("state").asString()
        .equals("counted"));
    assertThat(node.json("/api/datatrust/deliveries").path("items")).hasSize(1);
    assertThat(market().bytesPurchased(buyer.address())).isZero();
    assertThat(market().etherToken(wallet(3).address())).as("paid once")
        .isEqualTo(price.multiply(BigInteger.valueOf(FIGURES.backendPayment())).divide(
            BigInteger.valueOf(100)));
    assertThat(node.json("/api/datatrust/uploads").path("items").path(0).path("sales").asInt()).isEqualTo(1);
  }

  private JsonNode task(String id) throws Exception {
    return node.json("/datatrust/tasks/" + id);
  }

  private JsonNode upload(byte[] form) throws Exception {
    HttpResponse<String> answer = node.send(node.to("/datatrust/listings/").header("Authorization",
        "Bearer " + token(maker)).header("Content-Type", "multipart/form-data; boundary=b")
        .POST(HttpRequest.BodyPublishers.ofByteArray(form)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Json.parse(answer.body());
  }

  private byte[] form(Hash listing, Hash applied) throws Exception {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(data));
    for (List<String> field : List.of(List.of("tx_hash", applied.hex()), List.of("listing_hash", listing.hex()),
        List.of("title", "Tide readings"), List.of("description", "one a minute"), List.of("license", "MIT"),
        List.of("file_type", "text/csv"), List.of("md5_sum", md5), List.of("owner", maker.address().hex()))) {
      text(form, "--b\r\nContent-Disposition: form-data; name=\"" + field.getFirst() + "\"\r\n\r\n" + field.getLast()
          + "\r\n");
    }
    text(form, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"readings.csv\"\r\n\r\n");
    form.write(data);
    text(form, "\r\n--b--\r\n");
    return form.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}

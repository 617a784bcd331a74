package dev.fairway.evm.rpc;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of one chain through one or more nodes (Ethereum JSON-RPC over HTTP).
 *
 * <p>One endpoint is used until it fails: it cannot be reached, is over time, answers 429 or 5xx, or not in JSON. Then the
 * next is asked, with the same call; every call of this class may be repeated without a second effect, since a signed
 * transaction is the same transaction however often it is sent. An endpoint is asked for its chain id before it is first
 * used, and again after it failed; one on another chain is never used. All calls of one batch go to one endpoint.
 *
 * <p>Throws {@link FairwayException} with {@code PEER_FAILED} when no endpoint answers, {@code CONFIGURATION} when those
 * that answer are on another chain, {@code TOO_LARGE} when an answer is over the limit, {@code PEER_LIED} when one breaks
 * the protocol; and {@link RpcException} when the node answered with an error. Safe for many threads.
 */
public final class EthereumRpc implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EthereumRpc.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RpcConfig config;
  private final List<Endpoint> endpoints;
  private final HttpClient http;
  private final AtomicLong ids = new AtomicLong();
  private volatile int preferred;
  private volatile OptionalLong chainId;

  /** Opens no connection yet. */
  public EthereumRpc(RpcConfig config) {
    this.config = config;
    this.endpoints = config.endpoints().stream().map(Endpoint::new).toList();
    this.chainId = config.chainId();
    this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(config.timeout()).executor(Executors.newVirtualThreadPerTaskExecutor()).build();
  }

  /** The chain all endpoints are on; asks one when it was not configured. */
  public long chainId() {
    OptionalLong known = chainId;
    if (known.isPresent()) {
      return known.getAsLong();
    }
    call("eth_chainId");
    return chainId.orElseThrow();
  }

  /** Makes sure that an endpoint answers and is on the right chain, and says which. */
  public String check() {
    call("eth_blockNumber");
    return endpoints.get(preferred).label;
  }

  /** One call. */
  public JsonNode call(String method, Object... params) {
    return batch(List.of(RpcRequest.of(method, params))).getFirst().orThrow(method);
  }

  /** Many calls, cut into requests of the configured size; the answers are in the order of the calls. */
  public List<RpcAnswer> batch(List<RpcRequest> calls) {
    if (calls.size() <= config.maxBatch()) {
      return calls.isEmpty() ? List.of() : request(calls);
    }
    List<RpcAnswer> answers = new ArrayList<>(calls.size());
    for (int from = 0; from < calls.size(); from += config.maxBatch()) {
      answers.addAll(request(calls.subList(from, Math.min(calls.size(), from + config.maxBatch()))));
    }
    return answers;
  }

  /** The newest block. */
  public Block head() {
    return block("latest")
        .orElseThrow(() -> new FairwayException(ErrorCode.PEER_LIED, "the node knows no latest block"));
  }

  /** The block at a height, as the node now sees the chain; empty when it is not there yet. */
  public Optional<Block> block(long number) {
    return block(Hex.of(number));
  }

  /** The block of a tag: {@code latest}, {@code safe}, {@code finalized}, {@code earliest}, or a number in hex. */
  public Optional<Block> block(String tag) {
    return readBlock(call("eth_getBlockByNumber", tag, false));
  }

  /** Reads an answer to {@code eth_getBlockByNumber}. */
  public static Optional<Block> readBlock(JsonNode node) {
    return Answers.read("eth_getBlockByNumber", node, Block::of);
  }

  /** Reads an answer to {@code eth_getLogs}. */
  public static List<LogEntry> readLogs(JsonNode node) {
    return Answers.need("eth_getLogs", node, logs -> {
      List<LogEntry> entries = new ArrayList<>(logs.size());
      for (JsonNode log : logs) {
        entries.add(LogEntry.of(log));
      }
      return entries;
    });
  }

  /** Empty while the transaction is not mined, or when the node does not know it. */
  public Optional<Receipt> receipt(Hash transaction) {
    return Receipt.of(call("eth_getTransactionReceipt", transaction.hex()));
  }

  /** The logs of the blocks from one to another, both included, in chain order. */
  public List<LogEntry> logs(LogQuery query, long from, long to) {
    return readLogs(call("eth_getLogs", query.range(from, to)));
  }

  /** How many transactions of the account are mined at the tag; also its next nonce. */
  public long transactionCount(Address account, String tag) {
    return Answers.need("eth_getTransactionCount", call("eth_getTransactionCount", account.hex(), tag),
        node -> Hex.toLong(node.asString()));
  }

  /** In wei. */
  public BigInteger balance(Address account) {
    return Answers.need("eth_getBalance", call("eth_getBalance", account.hex(), "latest"),
        node -> Hex.number(node.asString()));
  }

  /** Whether there is a contract at the address. */
  public boolean hasCode(Address address) {
    return call("eth_getCode", address.hex(), "latest").asString().length() > 2;
  }

  /**
   * Makes sure that there is a contract at the address.
   *
   * @throws FairwayException with {@code CONFIGURATION} when there is none
   */
  public void requireCode(Address address) {
    if (!hasCode(address)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "no code at address " + address + " on chain " + chainId()
          + ": there is no contract; check the address and the chain");
    }
  }

  /** Runs a function of a contract without writing; what it returned, as hex. */
  public String read(Address contract, String data) {
    return read(Optional.empty(), contract, data, "latest");
  }

  /** Runs a function of a contract as an account would, at a block, without writing; what it returned, as hex. */
  public String read(Optional<Address> from, Address contract, String data, String tag) {
    Map<String, Object> call = new LinkedHashMap<>();
    from.ifPresent(account -> call.put("from", account.hex()));
    call.put("to", contract.hex());
    call.put("data", data);
    return call("eth_call", call, tag).asString();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private List<RpcAnswer> request(List<RpcRequest> calls) {
    List<String> troubles = new ArrayList<>();
    boolean wrongChain = true;
    int first = preferred;
    for (int i = 0; i < endpoints.size(); i++) {
      int index = (first + i) % endpoints.size();
      Endpoint endpoint = endpoints.get(index);
      if (endpoint.resting() && endpoints.stream().anyMatch(other -> !other.resting())) {
        wrongChain = false;
        troubles.add(endpoint.label + " failed just now");
        continue;
      }
      try {
        requireChain(endpoint);
        List<RpcAnswer> answers = exchange(endpoint, calls);
        if (index != preferred) {
          LOG.warn("ethereum endpoint changed now={} before={}", endpoint.label, endpoints.get(first).label);
          preferred = index;
        }
        return answers;
      } catch (EndpointFailure e) {
        wrongChain &= e.wrongChain;
        troubles.add(endpoint.label + " " + e.getMessage());
        endpoint.rest(config.coolDown());
      }
    }
    throw new FairwayException(wrongChain ? ErrorCode.CONFIGURATION : ErrorCode.PEER_FAILED,
        "no Ethereum node can be used: " + String.join("; ", troubles));
  }

  private void requireChain(Endpoint endpoint) throws EndpointFailure {
    if (endpoint.checked) {
      return;
    }
    JsonNode answer = switch (exchange(endpoint, List.of(RpcRequest.of("eth_chainId"))).getFirst()) {
      case RpcAnswer.Result(var value) -> value;
      case RpcAnswer.Failed(var error) -> throw new EndpointFailure("does not tell its chain id: " + error.message());
    };
    long id;
    try {
      id = Hex.toLong(answer.asString());
    } catch (IllegalArgumentException e) {
      throw new EndpointFailure("does not tell its chain id: " + e.getMessage());
    }
    synchronized (this) {
      long wanted = chainId.orElse(id);
      if (wanted != id) {
        throw new EndpointFailure(
            "has the wrong chain id: it is on chain " + id + ", this node works on chain " + wanted,
            true);
      }
      chainId = OptionalLong.of(id);
    }
    endpoint.checked = true;
  }

  private List<RpcAnswer> exchange(Endpoint endpoint, List<RpcRequest> calls) throws EndpointFailure {
    long firstId = ids.getAndAdd(calls.size()) + 1;
    ArrayNode body = JSON.createArrayNode();
    for (int i = 0; i < calls.size(); i++) {
      ObjectNode call = body.addObject();
      call.put("jsonrpc", "2.0");
      call.put("id", firstId + i);
      call.put("method", calls.get(i).method());
      call.set("params", JSON.valueToTree(calls.get(i).params()));
    }
    // A single call is sent as one, for endpoints that know no batches.
    JsonNode answer = post(endpoint, JSON.writeValueAsBytes(calls.size() == 1 ? body.get(0) : body));
    List<JsonNode> parts = new ArrayList<>(calls.size());
    if (answer.isArray()) {
      answer.forEach(parts::add);
    } else {
      parts.add(answer);
    }
    if (parts.size() == 1 && calls.size() > 1) {
      RpcAnswer refusal = answer(parts.getFirst());
      throw new EndpointFailure(refusal instanceof RpcAnswer.Failed(var error)
          ? "refuses batches: " + error.message()
          : "answered one call of a batch of " + calls.size());
    }
    RpcAnswer[] answers = new RpcAnswer[calls.size()];
    for (JsonNode part : parts) {
      long place = part.path("id").asLong(-1) - firstId;
      if (place >= 0 && place < answers.length) {
        answers[(int) place] = answer(part);
      } else if (calls.size() == 1) {
        answers[0] = answer(part);
      }
    }
    for (RpcAnswer each : answers) {
      if (each == null) {
        throw new EndpointFailure("left out the answer to a call");
      }
    }
    return List.of(answers);
  }

  private JsonNode post(Endpoint endpoint, byte[] body) throws EndpointFailure {
    HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.uri).timeout(config.timeout())
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body));
    config.headers().forEach((name, value) -> request.header(name, value.reveal()));
    HttpResponse<byte[]> response = await(
        http.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), config.maxResponseBytes())));
    int status = response.statusCode();
    if (status == 429 || status >= 500 || status == 401 || status == 403 || status == 404) {
      throw new EndpointFailure("answered HTTP " + status);
    }
    try {
      JsonNode answer = JSON.readTree(response.body());
      if (!answer.isContainer()) {
        throw new EndpointFailure("answered HTTP " + status + " without JSON-RPC");
      }
      return answer;
    } catch (JacksonException e) {
      throw new EndpointFailure("answered HTTP " + status + " and not JSON");
    }
  }

  /** The time-out covers the whole answer, so that one that trickles in ends too. */
  private HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> sent) throws EndpointFailure {
    try {
      return sent.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new EndpointFailure("did not answer within " + config.timeout());
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while waiting for an Ethereum node", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof IOException && message.contains("exceeds capacity")) {
        throw new FairwayException(ErrorCode.TOO_LARGE,
            "an Ethereum node's answer has more than " + config.maxResponseBytes() + " bytes", cause);
      }
      if (cause instanceof HttpTimeoutException) {
        throw new EndpointFailure("did not answer within " + config.timeout());
      }
      throw new EndpointFailure("cannot be reached: " + Why.inWords(cause));
    }
  }

  private static RpcAnswer answer(JsonNode part) {
    JsonNode error = part.get("error");
    if (error == null || error.isNull()) {
      JsonNode result = part.get("result");
      return new RpcAnswer.Result(result == null ? JSON.nullNode() : result);
    }
    String message = error.path("message").asString("no message");
    Optional<String> data = revertData(error.path("data"));
    int code = error.path("code").asInt(0);
    boolean reverted = code == 3 || data.filter(text -> text.startsWith("0x08c379a0") || text.startsWith("0x4e487b71"))
        .isPresent() || message.contains("revert");
    if (reverted) {
      return new RpcAnswer.Failed(
          new RpcError.Reverted(data.map(RevertReason::of).orElseGet(() -> RevertReason.inWords(message))));
    }
    return new RpcAnswer.Failed(new RpcError.Refused(code, message, data));
  }

  /** Some nodes put the bytes into {@code data}, some into {@code data.data}. */
  private static Optional<String> revertData(JsonNode data) {
    JsonNode bytes = data.isObject() ? data.path("data") : data;
    return bytes.isString() ? Optional.of(bytes.stringValue()) : Optional.empty();
  }

  private static final class Endpoint {
    private final URI uri;
    /** Without path and query, where providers put their keys. */
    private final String label;
    private volatile boolean checked;
    private volatile long restsUntil = Long.MIN_VALUE;

    Endpoint(URI uri) {
      this.uri = uri;
      this.label = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    boolean resting() {
      return restsUntil != Long.MIN_VALUE && System.nanoTime() - restsUntil < 0;
    }

    void rest(Duration pause) {
      checked = false;
      restsUntil = System.nanoTime() + pause.toNanos();
    }
  }

  private static final class EndpointFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean wrongChain;

    EndpointFailure(String message) {
      this(message, false);
    }

    EndpointFailure(String message, boolean wrongChain) {
      super(message, null, false, false);
      this.wrongChain = wrongChain;
    }
  }
}

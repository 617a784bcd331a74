package dev.fairway.evm.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.store.Transaction;
import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.TestChain;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.UnsignedTransaction;
import dev.fairway.store.TemporaryStore;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

class LogFollowerTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Hash TOPIC = Keccak.hash("Told(uint256)");
  /** Emits a log with the topic of its first word, as often as its second word says, counting down in the data. */
  private static final String EMITTER = "0x601e600c600039601e6000f3"
      + "6020355b8015601c57806000526000356020" + "6000a160019003600356" + "5b00";
  private static TestChain chain;
  private static FlakyNode provider;

  private TemporaryStore store;
  private EthereumRpc rpc;
  private Address contract;
  private long start;
  private Ledger ledger;
  private LogFollower follower;

  @BeforeAll
  static void startChain() throws Exception {
    chain = TestChain.anvil();
    provider = new FlakyNode(chain.url());
  }

  @AfterAll
  static void stopChain() throws Exception {
    provider.close();
    chain.close();
  }

  @BeforeEach
  void open() {
    chain.automine(true);
    provider.fair();
    store = TemporaryStore.embedded(Clock.systemUTC(), "evm");
    rpc = new EthereumRpc(RpcConfig.of(provider.url()).withCoolDown(Duration.ofMillis(1)));
    Hash deployed = new Hash(chain.rpc()
        .call("eth_sendTransaction",
            Map.of("from", chain.account(1).address().hex(), "data", EMITTER, "gas", "0x100000"))
        .asString());
    Receipt receipt = Awaitility.await().until(() -> chain.rpc().receipt(deployed), Optional::isPresent).orElseThrow();
    contract = receipt.created().orElseThrow();
    start = receipt.blockNumber();
    ledger = new Ledger();
    follower = follower(config());
  }

  @AfterEach
  void close() {
    rpc.close();
    store.close();
  }

  private static LogFollowerConfig config() {
    return LogFollowerConfig.DEFAULT.withFinality(new Finality.Depth(3)).withWatch(20).withPoll(Duration.ofMillis(20));
  }

  private LogFollower follower(LogFollowerConfig config) {
    return new LogFollower(store.store(), rpc, "test", query(), start, ledger, config);
  }

  private LogQuery query() {
    return new LogQuery(List.of(contract), List.of(TOPIC));
  }

  /** Emits events and waits for their block: the chain answers before it has mined it. */
  private Hash emit(int count) {
    Hash transaction = send(count);
    Awaitility.await().until(() -> chain.rpc().receipt(transaction).isPresent());
    return transaction;
  }

  private Hash send(int count) {
    String data = TOPIC.hex() + "%064x".formatted(count);
    return new Hash(chain.rpc().call("eth_sendTransaction", Map.of("from", chain.account(1).address().hex(), "to",
        contract.hex(), "data", data, "gas", "0xf00000")).asString());
  }

  private void catchUp() throws Exception {
    for (int idle = 0; idle < 2;) {
      idle = follower.runOnce() == 0 ? idle + 1 : 0;
    }
  }

  private List<LogEntry> onChain() {
    return chain.rpc().logs(query(), start, chain.height());
  }

  /** What a handler has been told, as of the last commit; it breaks down when told to. */
  private static final class Ledger implements LogHandler {
    private final List<LogEvent> told = new ArrayList<>();
    private int failAfter = Integer.MAX_VALUE;

    @Override
    public void apply(Transaction tx, List<LogEvent> events) {
      failAfter -= events.size();
      if (failAfter < 0) {
        failAfter = Integer.MAX_VALUE;
        throw new IllegalStateException("the handler broke down");
      }
      tx.afterCommit(() -> told.addAll(events));
    }

    /** What is believed to be on the chain, and each is believed once. */
    List<LogEntry> standing() {
      List<LogEntry> standing = new ArrayList<>();
      for (LogEvent event : told) {
        switch (event) {
          case LogEvent.Observed(var log) -> {
            assertThat(standing).doesNotContain(log);
            standing.add(log);
          }
          case LogEvent.Confirmed(var log) -> {
            if (!standing.contains(log)) {
              standing.add(log);
            }
          }
          case LogEvent.Retracted(var log, var _) -> assertThat(standing.remove(log)).isTrue();
        }
      }
      return standing;
    }

    List<LogEntry> confirmed() {
      return told.stream().filter(LogEvent.Confirmed.class::isInstance).map(LogEvent::log).toList();
    }
  }

  @Test
  void logIsObservedThenConfirmedOnce() throws Exception {
    emit(1);
    catchUp();
    assertThat(ledger.told).singleElement().isInstanceOf(LogEvent.Observed.class);
    chain.mine(3);
    catchUp();
    catchUp();
    assertThat(ledger.told).hasSize(2).last().isInstanceOf(LogEvent.Confirmed.class);
  }

  @Test
  void allLogsOfOneBlockAreTold() throws Exception {
    chain.automine(false);
    send(3);
    send(2);
    chain.mine(1);
    chain.mine(5);
    catchUp();
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain()).hasSize(5);
    assertThat(ledger.confirmed()).hasSize(5);
  }

  @Test
  void tenThousandLogsOfOneBlockAreToldOnceThroughABreakdownInTheMiddle() throws Exception {
    follower = follower(config().withChunk(700));
    emit(10_000);
    ledger.failAfter = 4_000;
    assertThatThrownBy(this::catchUp).hasMessageContaining("broke down");
    assertThat(ledger.told).isNotEmpty().hasSizeLessThan(4_001);
    store.reopen();
    follower = follower(config().withChunk(700));
    catchUp();
    chain.mine(3);
    catchUp();
    assertThat(ledger.told).hasSize(20_000);
    assertThat(ledger.confirmed()).doesNotHaveDuplicates().containsExactlyElementsOf(onChain()).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void forkOfAnyDepthTakesBackWhatFellOff(int depth) throws Exception {
    emit(2);
    catchUp();
    Hash gone = emit(1);
    chain.mine(depth - 1);
    catchUp();
    assertThat(ledger.standing()).hasSize(3);
    chain.fork(depth);
    catchUp();
    assertThat(ledger.standing()).hasSize(2).noneMatch(log -> log.transaction().equals(gone));
    assertThat(ledger.told.getLast()).isInstanceOf(LogEvent.Retracted.class);
    assertThat(((LogEvent.Retracted) ledger.told.getLast()).wasConfirmed()).isEqualTo(depth > 3);
    emit(1);
    chain.mine(3);
    catchUp();
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 10})
  void forkThatKeepsTheTransactionMovesItsLog(int depth) throws Exception {
    Hash moved = emit(1);
    chain.mine(depth - 1);
    catchUp();
    String raw = chain.rpc().call("eth_getRawTransactionByHash", moved.hex()).asString();
    // A block with the same contents would be the same block: another transaction makes it another.
    KeySigner other = chain.account(2);
    var also = new UnsignedTransaction(DevChain.CHAIN_ID, chain.rpc().transactionCount(other.address(), "latest"),
        Optional.of(contract), BigInteger.ZERO, "0x", 100_000,
        new Fees.Dynamic(BigInteger.valueOf(5_000_000_000L), BigInteger.valueOf(50_000_000_000L)));
    chain.fork(depth, raw, other.sign(also).raw());
    catchUp();
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain()).singleElement()
        .satisfies(log -> assertThat(log.transaction()).isEqualTo(moved));
    assertThat(ledger.told).anyMatch(LogEvent.Retracted.class::isInstance);
  }

  @Test
  void historyIsReadInRangesAndConfirmedAtOnce() throws Exception {
    for (int i = 0; i < 60; i++) {
      emit(2);
      chain.mine(3);
    }
    chain.mine(30);
    follower = follower(config().withMostBlocks(50));
    catchUp();
    assertThat(ledger.told).allMatch(LogEvent.Confirmed.class::isInstance).hasSize(120);
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain());
  }

  @Test
  void providerThatLimitsRangesIsReadInSmallerOnes() throws Exception {
    for (int i = 0; i < 40; i++) {
      emit(1);
      chain.mine(2);
    }
    chain.mine(30);
    Pattern range = Pattern.compile("\"fromBlock\":\"0x([0-9a-f]+)\",\"toBlock\":\"0x([0-9a-f]+)\"");
    provider.weather(request -> {
      Matcher blocks = range.matcher(request);
      boolean tooMany = blocks.find() && Long.parseLong(blocks.group(2), 16) - Long.parseLong(blocks.group(1), 16) >= 7;
      return tooMany ? Optional.of(refusal(request, "query exceeds max block range 7")) : Optional.empty();
    });
    catchUp();
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain()).hasSize(40);
  }

  @Test
  void providerThatRefusesTheLogsOfASingleBlockIsReadByReceipts() throws Exception {
    emit(3);
    emit(1);
    chain.mine(2);
    provider.weather(request -> request.contains("eth_getLogs")
        ? Optional.of(refusal(request, "query returned more than 0 results"))
        : Optional.empty());
    catchUp();
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain()).hasSize(4);
  }

  /** Answers the logs with an error and whatever block is asked for besides with the node's own answer. */
  private static FlakyNode.Bad refusal(String request, String words) {
    StringBuilder answer = new StringBuilder("[");
    Matcher call = Pattern.compile("\"id\":(\\d+),\"method\":\"(\\w+)\",\"params\":\\[(\"0x[0-9a-f]+\")?")
        .matcher(request);
    while (call.find()) {
      answer.append(answer.length() > 1 ? "," : "").append("{\"jsonrpc\":\"2.0\",\"id\":").append(call.group(1));
      if (call.group(2).equals("eth_getLogs")) {
        answer.append(",\"error\":{\"code\":-32005,\"message\":\"").append(words).append("\"}}");
      } else {
        String number = String.valueOf(call.group(3)).replace("\"", "");
        String block = chain.rpc().call("eth_getBlockByNumber", number, false).toString();
        answer.append(",\"result\":").append(block).append("}");
      }
    }
    return new FlakyNode.Bad(200, answer.append("]").toString());
  }

  @Test
  void providerThatLacksABlockIsToldInClearWordsAndNothingIsMissed() throws Exception {
    emit(1);
    catchUp();
    emit(1);
    long lacking = chain.height();
    chain.mine(2);
    provider.weather(request -> request.contains("eth_getBlockByNumber\",\"params\":[\"" + Hex.of(lacking) + "\"")
        ? Optional.of(without(request, Hex.of(lacking)))
        : Optional.empty());
    assertThatThrownBy(this::catchUp).hasMessageContaining("have not fitted together")
        .hasMessageContaining("does not have block " + lacking);
    assertThat(ledger.standing()).hasSize(1);
    provider.fair();
    catchUp();
    assertThat(ledger.standing()).containsExactlyElementsOf(onChain()).hasSize(2);
  }

  /** Answers a call or a batch as the node does, except for a block that it says it does not have. */
  private static FlakyNode.Bad without(String request, String number) {
    JsonNode asked = JSON.readTree(request);
    if (asked.isObject()) {
      return new FlakyNode.Bad(200, answer(asked, number).toString());
    }
    ArrayNode answers = JSON.createArrayNode();
    asked.forEach(call -> answers.add(answer(call, number)));
    return new FlakyNode.Bad(200, answers.toString());
  }

  private static JsonNode answer(JsonNode call, String lacking) {
    Object[] params = call.path("params").valueStream().toArray();
    boolean lacks = call.path("params").path(0).asString("").equals(lacking);
    return JSON.createObjectNode().put("jsonrpc", "2.0").set("id", call.path("id")).set("result",
        lacks ? JSON.nullNode() : chain.rpc().call(call.path("method").stringValue(), params));
  }

  @Test
  void providerThatLagsIsWaitedFor() throws Exception {
    emit(1);
    catchUp();
    String old = chain.rpc().call("eth_getBlockByNumber", "latest", false).toString();
    emit(1);
    catchUp();
    provider.weather(request -> {
      Matcher id = Pattern.compile("\"id\":(\\d+)").matcher(request);
      if (!request.contains("latest") || !id.find()) {
        return Optional.empty();
      }
      String first = "{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + ",\"result\":" + old + "}";
      return Optional.of(new FlakyNode.Bad(200, id.find()
          ? "[" + first + ",{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + ",\"result\":null}]"
          : first));
    });
    assertThat(follower.runOnce()).isZero();
    assertThat(ledger.standing()).hasSize(2);
    provider.fair();
    catchUp();
    assertThat(ledger.told).noneMatch(LogEvent.Retracted.class::isInstance);
  }

  @Test
  void forkDeeperThanItIsWatchedForStopsTheFollowerInClearWords() throws Exception {
    follower = follower(config().withWatch(5));
    chain.mine(5);
    emit(1);
    chain.mine(34);
    catchUp();
    chain.fork(35);
    assertThatThrownBy(this::catchUp).hasMessageContaining("deeper than the 5 blocks");
  }

  @Test
  void nameIsNotUsedForOtherContracts() throws Exception {
    catchUp();
    LogFollower other = new LogFollower(store.store(), rpc, "test", new LogQuery(List.of(), List.of()), start, ledger,
        config());
    assertThatThrownBy(other::runOnce).hasMessageContaining("another name");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whateverHappensWhatIsBelievedIsWhatTheChainHas(long seed) throws Exception {
    Random random = new Random(seed);
    follower = follower(config().withChunk(3).withMostBlocks(7));
    long floor = chain.height();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> emit(1 + random.nextInt(9));
        case 3 -> chain.mine(1 + random.nextInt(5));
        case 4 -> {
          int depth = 1 + random.nextInt(10);
          if (chain.height() - depth > floor) {
            chain.fork(depth);
          }
        }
        case 5 -> ledger.failAfter = random.nextInt(12);
        case 6 -> {
          store.reopen();
          follower = follower(config().withChunk(3).withMostBlocks(7));
        }
        default -> {
          try {
            follower.runOnce();
          } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("broke down");
          }
        }
      }
    }
    ledger.failAfter = Integer.MAX_VALUE;
    chain.mine(3);
    catchUp();
    assertThat(ledger.standing()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(onChain());
    assertThat(ledger.confirmed()).doesNotHaveDuplicates().containsAll(onChain());
  }
}

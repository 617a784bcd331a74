package dev.fairway.evm.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.TestChain;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import dev.fairway.evm.sign.UnsignedTransaction;
import dev.fairway.store.TemporaryStore;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionsTest {
  private static final Address SOMEBODY = new Address("0x00000000000000000000000000000000000000b0");
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  /** Creation code of a contract that refuses every call: {@code revert(Error("no"))}. */
  private static final String REFUSER = creation(
      "7f08c379a0000000000000000000000000000000000000000000000000000000006000526020600452600260245261"
          + "6e6f60f01b60445260646000fd");
  private static TestChain chain;
  private static FlakyNode provider;

  private TemporaryStore store;
  private KeySigner signer;
  private EthereumRpc rpc;
  private Transactions transactions;

  /** Wraps running code of up to 255 bytes into code that deploys it. */
  private static String creation(String runtime) {
    String length = "%02x".formatted(runtime.length() / 2);
    return "0x60" + length + "600c600039" + "60" + length + "6000f3" + runtime;
  }

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
    store = TemporaryStore.embedded(Clock.systemUTC(), "evm");
    chain.automine(true);
    provider.fair();
    rpc = new EthereumRpc(RpcConfig.of(provider.url()).withCoolDown(Duration.ofMillis(1)));
    signer = new KeySigner(Keystore.newKey());
    chain.rpc().call("anvil_setBalance", signer.address().hex(),
        "0x" + ETHER.multiply(BigInteger.valueOf(100)).toString(16));
    transactions = transactions(config());
  }

  @AfterEach
  void close() {
    rpc.close();
    store.close();
  }

  private static TransactionsConfig config() {
    return TransactionsConfig.DEFAULT.withFinality(new Finality.Depth(3)).withPoll(Duration.ofMillis(20))
        .withPatience(Duration.ofMillis(200));
  }

  private Transactions transactions(TransactionsConfig config) {
    return new Transactions(store.store(), rpc, signer, config);
  }

  private static TransactionRequest transfer(String key) {
    return TransactionRequest.transfer(key, "test", SOMEBODY, BigInteger.ONE).gasLimit(21_000);
  }

  private TransactionState state(long id) {
    return transactions.find(id).orElseThrow().state();
  }

  private <S extends TransactionState> S reach(long id, Class<S> wanted) {
    Callable<TransactionState> turn = () -> {
      transactions.runOnce();
      return state(id);
    };
    return wanted.cast(Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(10)).until(turn,
        wanted::isInstance));
  }

  private String raw(Hash hash) {
    return chain.rpc().call("eth_getRawTransactionByHash", hash.hex()).asString();
  }

  @Test
  void transactionIsRecordedThenSentThenMinedThenConfirmed() throws Exception {
    long id = transactions.submit(transfer("a"));
    assertThat(state(id)).isInstanceOf(TransactionState.Recorded.class);
    transactions.runOnce();
    assertThat(state(id)).isInstanceOf(TransactionState.Sent.class);
    var mined = reach(id, TransactionState.Mined.class);
    transactions.runOnce();
    assertThat(state(id)).isEqualTo(mined);
    chain.mine(3);
    var confirmed = reach(id, TransactionState.Confirmed.class);
    assertThat(confirmed.hash()).isEqualTo(mined.hash());
    assertThat(confirmed.gasUsed()).isEqualTo(21_000);
    assertThat(transactions.findByHash(confirmed.hash()).orElseThrow().key()).isEqualTo("a");
  }

  @Test
  void sameKeyIsTheSameTransactionAndNeverAnother() {
    long id = transactions.submit(transfer("a"));
    assertThat(transactions.submit(transfer("a"))).isEqualTo(id);
    assertThatThrownBy(() -> transactions.submit(transfer("a").value(BigInteger.TWO)))
        .hasMessageContaining("stands for another transaction");
    reach(id, TransactionState.Mined.class);
    assertThat(transactions.submit(transfer("a"))).isEqualTo(id);
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @Test
  void noncesOfManyHaveNoGaps() throws Exception {
    List<Long> ids = store.store().write(tx -> {
      List<Long> recorded = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        recorded.add(transactions.record(tx, transfer("n" + i)));
      }
      return recorded;
    });
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
      transactions.runOnce();
      return chain.rpc().transactionCount(signer.address(), "latest") == 1_000;
    });
    chain.mine(3);
    Set<Hash> hashes = new TreeSet<>(java.util.Comparator.comparing(Hash::hex));
    reach(ids.getLast(), TransactionState.Confirmed.class);
    for (long id : ids) {
      hashes.add(((TransactionState.Confirmed) state(id)).hash());
    }
    assertThat(hashes).hasSize(1_000);
  }

  @Test
  void contractThatWouldRefuseCostsNoNonce() {
    long deployed = transactions.submit(TransactionRequest.deploy("d", "test", REFUSER));
    reach(deployed, TransactionState.Mined.class);
    chain.mine(3);
    Address refuser = reach(deployed, TransactionState.Confirmed.class).created().orElseThrow();
    chain.rpc().requireCode(refuser);
    long refused = transactions.submit(TransactionRequest.call("r", "test", refuser, "0x12345678"));
    assertThat(reach(refused, TransactionState.Refused.class).reason()).isEqualTo("no");
    long next = transactions.submit(transfer("next"));
    reach(next, TransactionState.Mined.class);
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(2);
  }

  @Test
  void revertedTransactionTellsTheContractsReason() {
    long deployed = transactions.submit(TransactionRequest.deploy("d", "test", REFUSER));
    reach(deployed, TransactionState.Mined.class);
    chain.mine(3);
    Address refuser = reach(deployed, TransactionState.Confirmed.class).created().orElseThrow();
    long id = transactions.submit(TransactionRequest.call("r", "test", refuser, "0x12345678").gasLimit(100_000));
    reach(id, TransactionState.Mined.class);
    chain.mine(3);
    assertThat(reach(id, TransactionState.Reverted.class).reason()).isEqualTo("no");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10})
  void forkThatDropsTheTransactionHasItSentAgain(int depth) {
    transactions = transactions(config().withFinality(new Finality.Depth(12)));
    long id = transactions.submit(transfer("a"));
    var before = reach(id, TransactionState.Mined.class);
    chain.mine(depth);
    chain.fork(depth + 1);
    assertThat(chain.rpc().receipt(before.hash())).isEmpty();
    reach(id, TransactionState.Sent.class);
    var again = reach(id, TransactionState.Mined.class);
    assertThat(again.hash()).isEqualTo(before.hash());
    chain.mine(12);
    reach(id, TransactionState.Confirmed.class);
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 10})
  void forkThatKeepsTheTransactionOnlyMovesIt(int depth) {
    transactions = transactions(config().withFinality(new Finality.Depth(12)));
    long id = transactions.submit(transfer("a"));
    var before = reach(id, TransactionState.Mined.class);
    String raw = raw(before.hash());
    chain.mine(depth);
    chain.fork(depth + 1, raw);
    chain.mine(12);
    var confirmed = reach(id, TransactionState.Confirmed.class);
    assertThat(confirmed.hash()).isEqualTo(before.hash());
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @Test
  void lateForkResubmitsWhatIsStillWanted() {
    long id = transactions.submit(transfer("a"));
    reach(id, TransactionState.Mined.class);
    chain.mine(4);
    Hash hash = reach(id, TransactionState.Confirmed.class).hash();
    chain.fork(5);
    reach(id, TransactionState.Mined.class);
    chain.mine(4);
    assertThat(reach(id, TransactionState.Confirmed.class).hash()).isEqualTo(hash);
  }

  @Test
  void lateForkMakesARevocableTransactionImpossible() {
    long id = transactions.submit(transfer("a").onLateFork(TransactionRequest.LateFork.REVOKE));
    reach(id, TransactionState.Mined.class);
    chain.mine(4);
    Hash hash = reach(id, TransactionState.Confirmed.class).hash();
    String raw = raw(hash);
    chain.fork(5);
    reach(id, TransactionState.Mined.class);
    chain.mine(3);
    assertThat(reach(id, TransactionState.Cancelled.class).why()).contains("fork");
    assertThatThrownBy(() -> chain.rpc().call("eth_sendRawTransaction", raw)).hasMessageContaining("nonce");
  }

  @Test
  void droppedTransactionIsSentAgain() {
    chain.automine(false);
    long id = transactions.submit(transfer("a"));
    var sent = reach(id, TransactionState.Sent.class);
    chain.drop(sent.hash());
    assertThat(chain.rpc().call("eth_getTransactionByHash", sent.hash().hex()).isNull()).isTrue();
    Awaitility.await().until(() -> {
      transactions.runOnce();
      return !chain.rpc().call("eth_getTransactionByHash", sent.hash().hex()).isNull();
    });
    chain.mine(4);
    assertThat(reach(id, TransactionState.Confirmed.class).hash()).isEqualTo(sent.hash());
  }

  @Test
  void droppedFromAmongOthersNothingIsLeftOutAndNothingMinedTwice() {
    chain.automine(false);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      ids.add(transactions.submit(transfer("n" + i)));
    }
    reach(ids.getLast(), TransactionState.Sent.class);
    chain.drop(((TransactionState.Sent) state(ids.get(4))).hash());
    assertThat(chain.rpc().transactionCount(signer.address(), "pending")).isLessThan(9);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
      transactions.runOnce();
      return chain.rpc().transactionCount(signer.address(), "pending") == 9;
    });
    chain.mine(4);
    for (long id : ids) {
      reach(id, TransactionState.Confirmed.class);
    }
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(9);
  }

  @Test
  void chainThatMakesNoBlocksIsToldOfAndNotOfferedEverMore() {
    // Within ten patiences: long enough for a machine that is busy.
    transactions = transactions(config().withPatience(Duration.ofSeconds(1)));
    chain.automine(false);
    long id = transactions.submit(transfer("a"));
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
      transactions.runOnce();
      return transactions.trouble().isPresent();
    });
    assertThat(transactions.trouble().orElseThrow()).contains("makes no block after " + chain.height());
    assertThat(((TransactionState.Sent) state(id)).replacements()).isEqualTo(1);
    chain.mine(4);
    reach(id, TransactionState.Confirmed.class);
    chain.automine(true);
    reach(transactions.submit(transfer("b")), TransactionState.Mined.class);
    assertThat(transactions.trouble()).isEmpty();
  }

  @Test
  void chainThatMakesNoEmptyBlocksIsOfferedMoreAfterTenPatiences() {
    transactions = transactions(config().withPatience(Duration.ofMillis(50)));
    chain.automine(false);
    long height = chain.height();
    long id = transactions.submit(transfer("a"));
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
      transactions.runOnce();
      return state(id) instanceof TransactionState.Sent sent && sent.replacements() == 2;
    });
    assertThat(chain.height()).isEqualTo(height);
    chain.mine(4);
    reach(id, TransactionState.Confirmed.class);
  }

  @Test
  void stuckTransactionIsReplacedWithHigherFeesAndBothHashesLeadToIt() {
    chain.automine(false);
    long id = transactions.submit(transfer("a"));
    Hash first = reach(id, TransactionState.Sent.class).hash();
    Awaitility.await().until(() -> {
      transactions.runOnce();
      return state(id) instanceof TransactionState.Sent sent && sent.replacements() > 0;
    });
    chain.mine(4);
    Hash mined = reach(id, TransactionState.Confirmed.class).hash();
    assertThat(mined).isNotEqualTo(first);
    assertThat(transactions.findByHash(first).orElseThrow().id()).isEqualTo(id);
    assertThat(transactions.findByHash(mined).orElseThrow().hashes()).startsWith(first).contains(mined);
  }

  @Test
  void transactionGivenUpIsCancelledForCertain() {
    chain.automine(false);
    transactions = transactions(config().withGiveUp(Duration.ofMillis(400)));
    long id = transactions.submit(transfer("a").value(ETHER));
    reach(id, TransactionState.Sent.class);
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> {
      transactions.runOnce();
      return store.store().read(view -> {
        try (var query = view.connection().prepareStatement("SELECT COUNT(*) FROM evm_signed WHERE cancels = 1");
            var row = query.executeQuery()) {
          row.next();
          return row.getLong(1) > 0;
        }
      });
    });
    chain.mine(4);
    assertThat(reach(id, TransactionState.Cancelled.class).why()).contains("not mined within");
    assertThat(chain.rpc().balance(SOMEBODY)).isLessThan(ETHER);
  }

  @Test
  void whatWasSignedAndNotSentIsSentByTheNextProcess() throws Exception {
    provider.weather(request -> request.contains("eth_sendRawTransaction")
        ? Optional.of(new FlakyNode.Bad(502, ""))
        : Optional.empty());
    long id = transactions.submit(transfer("a"));
    assertThatThrownBy(transactions::runOnce).hasMessageContaining("502");
    Hash signed = ((TransactionState.Sent) state(id)).hash();
    store.reopen();
    provider.fair();
    transactions = transactions(config());
    assertThat(reach(id, TransactionState.Mined.class).hash()).isEqualTo(signed);
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @Test
  void whatWasWrittenBehindABatchThatFailedIsSentWithIt() throws Exception {
    AtomicInteger batches = new AtomicInteger();
    provider.weather(request -> request.contains("eth_sendRawTransaction") && batches.incrementAndGet() == 2
        ? Optional.of(new FlakyNode.Bad(429, ""))
        : Optional.empty());
    transactions = transactions(config().withPatience(Duration.ofMinutes(1)).withInFlight(1_000));
    store.store().run(tx -> {
      for (int i = 0; i < 300; i++) {
        transactions.record(tx, transfer("n" + i));
      }
    });
    assertThatThrownBy(transactions::runOnce).hasMessageContaining("429");
    transactions.runOnce();
    assertThat(chain.rpc().transactionCount(signer.address(), "pending")).isEqualTo(300);
  }

  @Test
  void turnThatIsInterruptedDoesNotWaitForTheNodeAndLeavesNothingUnsent() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    provider.weather(request -> {
      if (!request.contains("eth_sendRawTransaction")) {
        return Optional.empty();
      }
      asked.countDown();
      Awaitility.await().forever().until(() -> answer.getCount() == 0);
      return Optional.of(new FlakyNode.Bad(503, ""));
    });
    rpc.close();
    rpc = new EthereumRpc(RpcConfig.of(provider.url()).withTimeout(Duration.ofMinutes(5)));
    transactions = transactions(config().withPatience(Duration.ofMinutes(1)));
    long id = transactions.submit(transfer("a"));
    FutureTask<Integer> turn = new FutureTask<>(transactions::runOnce);
    Thread thread = Thread.ofVirtual().start(turn);
    asked.await();
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    assertThatThrownBy(turn::get).hasCauseInstanceOf(InterruptedException.class);
    answer.countDown();
    provider.fair();
    reach(id, TransactionState.Mined.class);
  }

  @Test
  void lostAnswerToASendingHasNoSecondEffect() throws Exception {
    // The node takes the transaction; the answer is lost on the way back.
    provider.weather(request -> {
      if (!request.contains("eth_sendRawTransaction")) {
        return Optional.empty();
      }
      try (var http = java.net.http.HttpClient.newHttpClient()) {
        http.send(java.net.http.HttpRequest.newBuilder(chain.url()).header("Content-Type", "application/json")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(request)).build(),
            java.net.http.HttpResponse.BodyHandlers.discarding());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return Optional.of(new FlakyNode.Bad(504, ""));
    });
    long id = transactions.submit(transfer("a"));
    assertThatThrownBy(transactions::runOnce).hasMessageContaining("504");
    provider.fair();
    reach(id, TransactionState.Mined.class);
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @Test
  void emptyAccountIsToldAndGoesOnWhenItIsFilled() {
    signer = new KeySigner(Keystore.newKey());
    transactions = transactions(config());
    long id = transactions.submit(transfer("a"));
    Awaitility.await().until(() -> {
      transactions.runOnce();
      return transactions.trouble().isPresent();
    });
    assertThat(transactions.trouble().orElseThrow()).contains("cannot pay").contains(signer.address().checksummed());
    chain.rpc().call("anvil_setBalance", signer.address().hex(), "0xde0b6b3a7640000");
    reach(id, TransactionState.Mined.class);
    assertThat(transactions.trouble()).isEmpty();
  }

  @Test
  void tooDearAChainIsWaitedFor() throws Exception {
    transactions = transactions(config().withMostPerGas(BigInteger.ONE));
    long id = transactions.submit(transfer("a"));
    transactions.runOnce();
    assertThat(state(id)).isInstanceOf(TransactionState.Recorded.class);
    assertThat(transactions.trouble().orElseThrow()).contains("wei per gas");
  }

  @Test
  void foreignTransactionOnTheNonceIsSurvivedAndReported() {
    chain.automine(false);
    long id = transactions.submit(transfer("a"));
    reach(id, TransactionState.Sent.class);
    var foreign = new UnsignedTransaction(DevChain.CHAIN_ID, 0, Optional.of(SOMEBODY), BigInteger.TEN, "0x", 21_000,
        new Fees.Dynamic(BigInteger.valueOf(90_000_000_000L), BigInteger.valueOf(200_000_000_000L)));
    chain.rpc().call("eth_sendRawTransaction", signer.sign(foreign).raw());
    chain.mine(1);
    Awaitility.await().until(() -> {
      transactions.runOnce();
      chain.mine(1);
      return state(id) instanceof TransactionState.Lost;
    });
    chain.automine(true);
    long next = transactions.submit(transfer("b"));
    reach(next, TransactionState.Mined.class);
  }

  @Test
  void legacyFeesAreOfferedWhereAsked() {
    transactions = transactions(config().withLegacyFees());
    long id = transactions.submit(transfer("a"));
    Hash hash = reach(id, TransactionState.Mined.class).hash();
    assertThat(chain.rpc().call("eth_getTransactionByHash", hash.hex()).path("type").asString()).isEqualTo("0x0");
  }

  @Test
  void listenerIsToldInTheTransactionThatChanges() {
    List<TransactionState> told = new ArrayList<>();
    transactions.onChange("test", (tx, id, state) -> told.add(state));
    long id = transactions.submit(transfer("a"));
    reach(id, TransactionState.Mined.class);
    chain.mine(3);
    reach(id, TransactionState.Confirmed.class);
    assertThat(told).extracting(state -> state.getClass().getSimpleName()).containsExactly("Sent", "Mined",
        "Confirmed");
  }

  @Test
  void chainKilledAndSetBackIsCaughtUpWith(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("chain.json");
    DevChain node = DevChain.start(DevChain.Options.fleeting().state(file));
    int port = node.port();
    try (EthereumRpc own = new EthereumRpc(RpcConfig.of(node.url()).withCoolDown(Duration.ofMillis(1)))) {
      signer = KeySigner.of(node.keys().getFirst());
      transactions = new Transactions(store.store(), own, signer, config());
      long first = transactions.submit(transfer("a"));
      reach(first, TransactionState.Mined.class);
      Awaitility.await().until(() -> java.nio.file.Files.exists(file));
      long second = transactions.submit(transfer("b"));
      reach(second, TransactionState.Mined.class);
      node.kill();
      assertThatThrownBy(transactions::runOnce).hasMessageContaining("cannot be reached");
      node = DevChain.start(DevChain.Options.fleeting().state(file).port(port));
      own.call("anvil_mine", "0x5");
      reach(first, TransactionState.Confirmed.class);
      Awaitility.await().until(() -> {
        transactions.runOnce();
        own.call("anvil_mine", "0x1");
        return state(second) instanceof TransactionState.Confirmed;
      });
      assertThat(own.transactionCount(signer.address(), "latest")).isEqualTo(2);
    } finally {
      node.close();
    }
  }
}

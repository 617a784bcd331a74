package dev.fairway.evm.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What becomes of a transaction where nothing goes wrong but, at most, the transaction itself. */
class TransactionsTest extends TransactionsFixture {
  /** Creation code of a contract that refuses every call: {@code revert(Error("no"))}. */
  private static final String REFUSER = creation(
      "7f08c379a0000000000000000000000000000000000000000000000000000000006000526020600452600260245261"
          + "6e6f60f01b60445260646000fd");

  /** Wraps running code of up to 255 bytes into code that deploys it. */
  private static String creation(String runtime) {
    String length = "%02x".formatted(runtime.length() / 2);
    return "0x60" + length + "600c600039" + "60" + length + "6000f3" + runtime;
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
    await().until(() -> {
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
}

package dev.fairway.evm.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.evm.Hash;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions that are sent and not mined, or cannot be sent at all. */
class StuckTransactionsTest extends TransactionsFixture {
  @Test
  void droppedTransactionIsSentAgain() {
    chain.automine(false);
    long id = transactions.submit(transfer("a"));
    var sent = reach(id, TransactionState.Sent.class);
    chain.drop(sent.hash());
    assertThat(chain.rpc().call("eth_getTransactionByHash", sent.hash().hex()).isNull()).isTrue();
    await().until(() -> {
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
    await().until(() -> {
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
    await().until(() -> {
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
    await().until(() -> {
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
    await().until(() -> {
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
    await().until(() -> {
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
  void emptyAccountIsToldAndGoesOnWhenItIsFilled() {
    signer = new KeySigner(Keystore.newKey());
    transactions = transactions(config());
    long id = transactions.submit(transfer("a"));
    await().until(() -> {
      transactions.runOnce();
      return transactions.trouble().isPresent();
    });
    assertThat(transactions.trouble().orElseThrow()).contains("cannot pay").contains(signer.address().checksummed());
    chain.rpc().call("anvil_setBalance", signer.address().hex(), "0xde0b6b3a7640000");
    reach(id, TransactionState.Mined.class);
    assertThat(transactions.trouble()).isEmpty();
  }

  @Test
  void tooDearAChainIsWaitedForAndToldOfWhileAnythingWaits() throws Exception {
    transactions = transactions(config().withMostPerGas(BigInteger.ONE));
    long id = transactions.submit(transfer("a"));
    transactions.runOnce();
    assertThat(state(id)).isInstanceOf(TransactionState.Recorded.class);
    assertThat(transactions.trouble().orElseThrow()).contains("wei per gas");
    transactions.abandon(id, "not at this price");
    transactions.runOnce();
    assertThat(transactions.trouble()).isEmpty();
  }
}

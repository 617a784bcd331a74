package dev.fairway.evm.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.RpcConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A process, a turn or a connection that ends while transactions are being sent. */
class SendingFaultsTest extends TransactionsFixture {
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
    // anvil can leave behind what comes in while it mines what came before.
    chain.automine(false);
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
}

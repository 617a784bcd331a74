package dev.fairway.evm.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.PostResult;
import dev.fairway.evm.Address;
import dev.fairway.evm.Finality;
import dev.fairway.evm.TestChain;
import dev.fairway.evm.log.LogFollowerConfig;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.store.TemporaryStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The channel on a second make of node, so that nothing leans on one node's habits. */
class HardhatTest {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Duration SOON = Duration.ofSeconds(60);
  private TestChain chain;
  private End au;
  private End sg;

  /** One participant's store, account and contract. */
  private record End(Jurisdiction own, TemporaryStore store, Transactions transactions,
      ChannelAdministration administration, Address contract) {
    EthereumChannel channel(TestChain chain) {
      return new EthereumChannel(store.store(), chain.rpc(), transactions,
          EthereumChannelConfig.of("test", own, contract).reading(LogFollowerConfig.DEFAULT
              .withFinality(new Finality.Depth(0)).withPoll(Duration.ofMillis(20))));
    }
  }

  @BeforeEach
  void start() throws Exception {
    try (TestChain accounts = TestChain.anvil()) {
      chain = TestChain.hardhat(accounts.accounts());
    }
    au = end(AU, SG, 0);
    sg = end(SG, AU, 1);
    au.administration.addParticipant(au.contract, SG, sg.transactions.account());
    sg.administration.addParticipant(sg.contract, AU, au.transactions.account());
    au.administration.updateParticipantContractAddress(sg.contract, AU, au.contract);
    sg.administration.updateParticipantContractAddress(au.contract, SG, sg.contract);
  }

  private End end(Jurisdiction own, Jurisdiction other, int account) throws InterruptedException {
    TemporaryStore store = TemporaryStore.embedded(Clock.systemUTC(), "evm");
    // Each transaction is mined as it is sent and nothing comes after it, so its block is taken for certain.
    Transactions transactions = new Transactions(store.store(), chain.rpc(), chain.account(account),
        TransactionsConfig.DEFAULT.withFinality(new Finality.Depth(0)).withPoll(Duration.ofMillis(20)));
    transactions.start();
    var administration = new ChannelAdministration(chain.rpc(), transactions, SOON);
    return new End(own, store, transactions, administration,
        administration.deploy("deploy", own, List.of(other)).contract());
  }

  @AfterEach
  void stop() throws Exception {
    for (End end : List.of(au, sg)) {
      end.transactions.close();
      end.store.close();
    }
    chain.close();
  }

  @Test
  void messagesCrossOnceAndRefusalsAreUnderstood() {
    try (EthereumChannel from = au.channel(chain); EthereumChannel to = sg.channel(chain)) {
      List<String> posted = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        PostResult result = from.post(envelope("m" + i));
        assertThat(result).isInstanceOf(PostResult.Accepted.class);
        posted.add(((PostResult.Accepted) result).id());
      }
      Awaitility.await().atMost(SOON)
          .until(() -> posted.stream().allMatch(id -> confirmed(from, id) && confirmed(to, id)));
      assertThat(to.observe(SG, "", 100).messages()).filteredOn(message -> message.status().certain())
          .extracting(ChannelMessage::id).containsExactlyInAnyOrderElementsOf(posted);
      assertThat(to.find(posted.getFirst()).orElseThrow().senderRef()).contains("m0");
    }
    assertThatThrownBy(() -> au.administration.updateParticipantContractAddress(au.contract, SG, au.contract))
        .hasMessageContaining("only the participant may set its contract");
  }

  private static boolean confirmed(EthereumChannel channel, String id) {
    return channel.find(id).map(ChannelMessage::status).filter(ChannelStatus.CONFIRMED::equals).isPresent();
  }

  private static Envelope envelope(String ref) {
    return new Envelope(new Message(AU, SG, "subject", "a.b.c", "a.b.c"), Optional.of(ref), "AU:" + ref);
  }
}

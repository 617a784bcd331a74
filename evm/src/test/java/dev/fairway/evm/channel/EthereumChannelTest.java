package dev.fairway.evm.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.PostResult;
import dev.fairway.evm.Address;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.TestChain;
import dev.fairway.evm.log.LogFollowerConfig;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.channel.ChannelContract;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EthereumChannelTest extends ChannelContract {
  private static final Finality THREE = new Finality.Depth(3);
  private static TestChain chain;

  /** What one organisation runs; it outlives the channel's end, as a node's store does. */
  private record Party(TemporaryStore store, EthereumRpc rpc, KeySigner signer, Transactions transactions) {}

  private final Map<Jurisdiction, Party> parties = new LinkedHashMap<>();
  private Map<Jurisdiction, Address> contracts = Map.of();

  @BeforeAll
  static void startChain() throws Exception {
    chain = TestChain.anvil();
  }

  @AfterAll
  static void stopChain() throws Exception {
    chain.close();
  }

  @BeforeEach
  void deploy() throws Exception {
    chain.automine(true);
    for (Jurisdiction each : List.of(AU, SG, NZ)) {
      parties.put(each, party());
    }
    contracts = pair(parties);
  }

  @AfterEach
  void stop() {
    for (Party party : parties.values()) {
      party.transactions.close();
      party.rpc.close();
      party.store.close();
    }
  }

  private static <T> T of(Map<Jurisdiction, T> each, Jurisdiction own) {
    return Objects.requireNonNull(each.get(own));
  }

  private static Party party() {
    TemporaryStore store = TemporaryStore.embedded(Clock.systemUTC(), "evm");
    EthereumRpc rpc = new EthereumRpc(RpcConfig.of(chain.url()));
    KeySigner signer = new KeySigner(Keystore.newKey());
    rpc.call("anvil_setBalance", signer.address().hex(), "0x" + BigInteger.TEN.pow(20).toString(16));
    chain.mine(1);
    Transactions transactions = new Transactions(store.store(), rpc, signer, TransactionsConfig.DEFAULT
        .withFinality(THREE).withPoll(Duration.ofMillis(20)).withPatience(Duration.ofSeconds(1)));
    return new Party(store, rpc, signer, transactions);
  }

  /** Deploys and pairs by the administrator's own acts, on a chain whose blocks are certain at once. */
  private static Map<Jurisdiction, Address> pair(Map<Jurisdiction, Party> parties) throws Exception {
    Map<Jurisdiction, Address> contracts = new LinkedHashMap<>();
    Map<Jurisdiction, Transactions> hasty = new LinkedHashMap<>();
    parties.forEach((own, party) -> {
      Transactions each = new Transactions(party.store.store(), party.rpc, party.signer,
          TransactionsConfig.DEFAULT.withFinality(new Finality.Depth(0)).withPoll(Duration.ofMillis(10)));
      each.start();
      hasty.put(own, each);
    });
    for (Jurisdiction own : parties.keySet()) {
      List<Jurisdiction> others = parties.keySet().stream().filter(other -> !other.equals(own)).toList();
      contracts.put(own, administration(of(hasty, own)).deploy("setup", own, others).contract());
      for (Jurisdiction other : others) {
        administration(of(hasty, own)).addParticipant(of(contracts, own), other, of(parties, other).signer.address());
      }
    }
    for (Jurisdiction own : parties.keySet()) {
      for (Jurisdiction other : parties.keySet()) {
        if (!own.equals(other)) {
          administration(of(hasty, own)).updateParticipantContractAddress(of(contracts, other), own,
              of(contracts, own));
        }
      }
    }
    hasty.values().forEach(Transactions::close);
    chain.mine(4);
    parties.values().forEach(party -> party.transactions.start());
    return contracts;
  }

  private static ChannelAdministration administration(Transactions transactions) {
    return new ChannelAdministration(chain.rpc(), transactions, Duration.ofSeconds(20));
  }

  @Override
  protected Channel open(Jurisdiction own) {
    Party party = of(parties, own);
    return new EthereumChannel(party.store.store(), party.rpc, party.transactions,
        EthereumChannelConfig.of("test", own, of(contracts, own))
            .reading(LogFollowerConfig.DEFAULT.withFinality(THREE).withPoll(Duration.ofMillis(20))));
  }

  /** Mines until everything that was posted is certain, and read by all. */
  @Override
  protected void settle() {
    List<EthereumChannel> ends = parties.keySet().stream().map(own -> (EthereumChannel) open(own)).toList();
    try {
      for (Jurisdiction own : parties.keySet()) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> {
          boolean open = open(own, "evm_channel_sent", "RECEIVED") > 0;
          if (open) {
            chain.mine(1);
          }
          return !open;
        });
      }
      long head = chain.height();
      chain.mine(4);
      for (Jurisdiction own : parties.keySet()) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20))
            .until(() -> read(own) > head + 3 && open(own, "evm_channel_received", "OBSERVED") == 0);
      }
    } finally {
      ends.forEach(Channel::close);
    }
  }

  private long read(Jurisdiction own) {
    return number(own, "SELECT MAX(block_number) FROM evm_follower");
  }

  private long open(Jurisdiction own, String table, String status) {
    return number(own, "SELECT COUNT(*) FROM " + table + " WHERE status = '" + status + "'");
  }

  private long number(Jurisdiction own, String sql) {
    return of(parties, own).store.store().read(view -> {
      try (var query = view.connection().prepareStatement(sql); var row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    });
  }

  @Override
  protected boolean repeatsOnStatusChange() {
    return true;
  }

  private static Envelope envelope(Jurisdiction sender, Jurisdiction receiver, String ref) {
    return new Envelope(new Message(sender, receiver, "subject", "QmObject", "UN.CEFACT.x"), Optional.of(ref),
        sender + ":" + ref);
  }

  private static String accepted(PostResult result) {
    assertThat(result).isInstanceOf(PostResult.Accepted.class);
    return ((PostResult.Accepted) result).id();
  }

  private static void awaitStatus(Channel channel, String id, ChannelStatus status) {
    Awaitility.await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(20))
        .until(() -> channel.find(id).map(ChannelMessage::status), Optional.of(status)::equals);
  }

  @Test
  void selectorsAndTopicsAreThoseOthersUse() {
    Message message = envelope(AU, SG, "a").message();
    assertThat(ChannelNode.send(message)).startsWith("0x15553a76");
    assertThat(ChannelNode.receiveMessage(message)).startsWith("0xb04ff2dd");
    assertThat(ChannelNode.addParticipant("AU", of(contracts, AU))).startsWith("0xf5b5df48");
    assertThat(ChannelNode.updateParticipantContractAddress("AU", of(contracts, AU))).startsWith("0x2415b489");
    assertThat(Keccak.selector("owner()")).isEqualTo("0x8da5cb5b");
    assertThat(Keccak.selector("getParticipants()")).isEqualTo("0x5aa68ac0");
    assertThat(Keccak.selector("participantList(uint256)")).isEqualTo("0x0e6fdaa1");
    assertThat(Keccak.selector("getParticipant(string)")).isEqualTo("0xac42a535");
    assertThat(Keccak.selector("participants(string)")).isEqualTo("0x5b4b22ae");
    assertThat(ChannelNode.RECEIVED.hex())
        .isEqualTo("0x17c355531c95cc1d6147e6600034a71c8c317b43724f147750ba7c7243315d71");
    assertThat(ChannelNode.SENT.hex()).isEqualTo("0x9c2f9b93a50e0bf21f32ee23500cf284bbd7db38ca75fee9ea0443499e323041");
  }

  @Test
  void messageIsObservedThenConfirmedOnBothSides() {
    try (Channel au = open(AU); Channel sg = open(SG)) {
      String id = accepted(au.post(envelope(AU, SG, "a")));
      awaitStatus(sg, id, ChannelStatus.OBSERVED);
      assertThat(au.find(id).orElseThrow().status()).isEqualTo(ChannelStatus.RECEIVED);
      chain.mine(3);
      awaitStatus(sg, id, ChannelStatus.CONFIRMED);
      awaitStatus(au, id, ChannelStatus.CONFIRMED);
      assertThat(sg.find(id).orElseThrow().senderRef()).contains("a");
      assertThat(au.observeSent(AU, "", 10).messages()).extracting(ChannelMessage::id).containsExactly(id);
    }
  }

  @Test
  void forkAfterConfirmationIsToldToBothSidesAndTheMessageCannotComeBack() {
    try (Channel au = open(AU); Channel sg = open(SG)) {
      String id = accepted(au.post(envelope(AU, SG, "a")));
      awaitStatus(sg, id, ChannelStatus.OBSERVED);
      chain.mine(3);
      awaitStatus(sg, id, ChannelStatus.CONFIRMED);
      awaitStatus(au, id, ChannelStatus.CONFIRMED);
      String raw = chain.rpc().call("eth_getRawTransactionByHash", id).asString();
      chain.fork(4);
      awaitStatus(sg, id, ChannelStatus.FALSE_ALARM);
      Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
        chain.mine(1);
        return au.find(id).orElseThrow().status();
      }, ChannelStatus.REVOKED::equals);
      assertThatThrownBy(() -> chain.rpc().call("eth_sendRawTransaction", raw)).hasMessageContaining("nonce");
      String again = accepted(au.post(envelope(AU, SG, "a2")));
      assertThat(again).isNotEqualTo(id);
      awaitStatus(sg, again, ChannelStatus.OBSERVED);
      chain.mine(3);
      awaitStatus(au, again, ChannelStatus.CONFIRMED);
    }
  }

  @Test
  void forkBeforeConfirmationHasTheMessageSentAgainUnderItsId() {
    try (Channel au = open(AU); Channel sg = open(SG)) {
      String id = accepted(au.post(envelope(AU, SG, "a")));
      awaitStatus(sg, id, ChannelStatus.OBSERVED);
      chain.fork(1);
      awaitStatus(sg, id, ChannelStatus.OBSERVED);
      Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
        chain.mine(1);
        return au.find(id).orElseThrow().status();
      }, ChannelStatus.CONFIRMED::equals);
      awaitStatus(sg, id, ChannelStatus.CONFIRMED);
    }
  }

  @Test
  void contractLetsNobodySpeakForAnother() throws Exception {
    Address stranger = chain.account(5).address();
    Message forged = envelope(AU, SG, "a").message();
    List<String> refusals = new ArrayList<>();
    for (String call : List.of(ChannelNode.send(forged), ChannelNode.sendReferenced(forged, "r"),
        ChannelNode.setPaused(true), ChannelNode.addParticipant("SG", stranger),
        ChannelNode.updateParticipantContractAddress("SG", stranger), ChannelNode.removeParticipant("SG"))) {
      refusals.add(refusal(stranger, of(contracts, AU), call));
    }
    assertThat(refusals).allMatch(reason -> reason.contains("UserError: only the"));
    // AU's own key cannot write into SG's contract past its own, nor in NZ's name through its own.
    Address au = of(parties, AU).signer.address();
    assertThat(refusal(au, of(contracts, SG), ChannelNode.receiveMessage(forged))).contains("caller is not the sender");
    assertThat(refusal(au, of(contracts, AU), ChannelNode.send(envelope(NZ, SG, "a").message())))
        .contains("sender is not this channel's participant");
    assertThat(refusal(au, of(contracts, AU), ChannelNode.send(envelope(AU, STRANGER, "a").message())))
        .isEqualTo("UserError: receiver not found");
    // A registered contract cannot pass on a message for somebody else.
    assertThat(
        refusal(of(contracts, AU), of(contracts, SG), ChannelNode.receiveMessage(envelope(AU, NZ, "a").message())))
        .contains("for another receiver");
  }

  private static String refusal(Address from, Address to, String data) {
    try {
      return "allowed: " + chain.rpc().read(Optional.of(from), to, data, "latest");
    } catch (dev.fairway.evm.rpc.RpcException e) {
      return e.error().message();
    }
  }

  @Test
  void pausedChannelMakesMessagesUndeliverable() throws Exception {
    try (Channel au = open(AU)) {
      Transactions admin = of(parties, SG).transactions;
      var pausing = Thread.ofVirtual().start(() -> {
        try {
          administration(admin).pause(of(contracts, SG), true);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
        chain.mine(1);
        return !pausing.isAlive();
      });
      String id = accepted(au.post(envelope(AU, SG, "a")));
      Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
        chain.mine(1);
        return au.find(id).orElseThrow().status();
      }, ChannelStatus.UNDELIVERABLE::equals);
    }
  }

  @Test
  void wrongContractAndWrongKeyAreRefusedAtTheStart() {
    Party party = of(parties, AU);
    assertThatThrownBy(() -> channel(party, AU, chain.account(7).address())).hasMessageContaining("no code at address");
    assertThatThrownBy(() -> channel(party, AU, of(contracts, SG))).hasMessageContaining("belongs to");
    assertThatThrownBy(() -> channel(party, SG, of(contracts, AU))).hasMessageContaining("is the end of \"AU\"");
  }

  @Test
  void channelWhoseChainIsDownOpensWhenItIsBack() throws Exception {
    Party party = of(parties, AU);
    try (FlakyNode node = new FlakyNode(chain.url());
        EthereumRpc rpc = new EthereumRpc(RpcConfig.of(node.url()).withChainId(31337).withCoolDown(Duration.ZERO))) {
      node.weather(request -> Optional.of(new FlakyNode.Bad(503, "down")));
      try (EthereumChannel au = new EthereumChannel(party.store.store(), rpc, party.transactions,
          EthereumChannelConfig.of("late", AU, of(contracts, AU)))) {
        assertThat(au.trouble()).hasValueSatisfying(why -> assertThat(why).contains("no Ethereum node can be used"));
        assertThat(au.post(envelope(AU, SG, "late"))).isInstanceOf(PostResult.Unavailable.class);
        assertThatThrownBy(() -> au.observe(AU, "", 10)).hasMessageContaining("no Ethereum node can be used");
        node.fair();
        assertThat(au.observe(AU, "", 10).messages()).isEmpty();
        assertThat(au.post(envelope(AU, SG, "late"))).isInstanceOf(PostResult.Accepted.class);
        assertThat(au.trouble()).isEmpty();
      }
    }
  }

  private static EthereumChannel channel(Party party, Jurisdiction own, Address contract) {
    return new EthereumChannel(party.store.store(), party.rpc, party.transactions,
        EthereumChannelConfig.of("other", own, contract));
  }

  @Test
  void stuckMessageKeepsItsIdForTheSenderAndIsFoundByEither() {
    try (Channel au = open(AU); Channel sg = open(SG)) {
      chain.automine(false);
      String id = accepted(au.post(envelope(AU, SG, "a")));
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(
          () -> number(AU,
              "SELECT COUNT(*) FROM evm_signed WHERE transaction_id = (SELECT MAX(transaction_id) FROM evm_signed)") > 1);
      chain.automine(true);
      chain.mine(4);
      awaitStatus(au, id, ChannelStatus.CONFIRMED);
      Awaitility.await().until(() -> !sg.observe(SG, "", 10).messages().isEmpty());
      String mined = sg.observe(SG, "", 10).messages().getFirst().id();
      assertThat(au.find(mined).orElseThrow().id()).isEqualTo(id);
    }
  }
}

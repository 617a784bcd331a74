package dev.fairway.evm.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.log.LogFollower;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.evm.tx.SubmittedTransaction;
import dev.fairway.evm.tx.TransactionRequest;
import dev.fairway.evm.tx.TransactionState;
import dev.fairway.evm.tx.Transactions;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel on an Ethereum chain, seen from one participant: it posts by a recorded transaction to its own contract, which
 * calls the receiver's, and receives by following its own contract's events.
 *
 * <p>A message's id is the hash of its transaction. Raising the fees of a stuck transaction gives it another hash; the
 * sender's id stays the first, the receiver's is the one that was mined, and the sender finds its message by either.
 *
 * <p>What was posted is {@code RECEIVED} until its block is certain, then {@code CONFIRMED}; {@code UNDELIVERABLE} when it
 * was refused by the contract or given up, and {@code REVOKED} when a fork took it back after it was confirmed. Both of
 * these are said only when its nonce has been used otherwise, so what is sent in its place arrives once. What arrives is
 * {@code OBSERVED}, then {@code CONFIRMED}; {@code FALSE_ALARM} when the chain as it now is does not have it.
 *
 * <p>Safe for many threads.
 */
public final class EthereumChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(EthereumChannel.class);
  private static final int MOST_BYTES = 16 * 1024;

  private final Store store;
  private final EthereumRpc rpc;
  private final Transactions transactions;
  private final EthereumChannelConfig config;
  private final ChannelNode contract;
  private final ChannelTable table;
  private final LogFollower follower;
  private final String purpose;
  private volatile boolean references = true;
  private volatile boolean open;
  private volatile Optional<String> unopened = Optional.empty();
  private boolean closed;
  private final Peers peers;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  private record Listener(Jurisdiction receiver, Runnable hint) {}

  /**
   * Looks at the contract and begins to follow it; while the chain cannot be asked, each later call tries again. The
   * transactions are the caller's to start and close, and may serve several channels of one account.
   *
   * @throws FairwayException with {@code CONFIGURATION} when there is no contract at the address, it is not a channel's, or
   * not this participant's, or the account is not its owner
   */
  public EthereumChannel(Store store, EthereumRpc rpc, Transactions transactions, EthereumChannelConfig config) {
    this.store = store;
    this.rpc = rpc;
    this.transactions = transactions;
    this.config = config;
    this.contract = new ChannelNode(rpc, config.contract());
    this.peers = new Peers(contract::participant, () -> store.read(View::now));
    this.table = new ChannelTable(config.name());
    this.purpose = "channel." + config.name();
    store.run(table::open);
    transactions.onChange(purpose, this::transactionChanged);
    this.follower = new LogFollower(store, rpc, purpose,
        new LogQuery(List.of(config.contract()), List.of(ChannelNode.RECEIVED, ChannelNode.RECEIVED_REFERENCE)),
        config.startBlock(), new Inbox(config.name(), table, () -> hint(config.own())), config.reading());
    try {
      open();
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.CONFIGURATION) {
        throw e;
      }
      LOG.warn("channel not open yet channel={} cause=\"{}\"", config.name(), e.getMessage());
    }
  }

  /** Makes sure, once, that the contract is ours to write to; throws while that cannot be known. */
  private void open() {
    if (!open) {
      openOnce();
    }
  }

  private synchronized void openOnce() {
    if (open || closed) {
      return;
    }
    try {
      rpc.requireCode(config.contract());
      references = contract.carriesReferences();
      requireOwn();
    } catch (RpcException e) {
      unopened = Optional.of(String.valueOf(e.getMessage()));
      throw new FairwayException(ErrorCode.PEER_FAILED, String.valueOf(e.getMessage()), e);
    } catch (FairwayException e) {
      unopened = Optional.of(String.valueOf(e.getMessage()));
      throw e;
    }
    follower.start();
    unopened = Optional.empty();
    open = true;
  }

  private void requireOwn() {
    Address owner = contract.owner();
    if (!owner.equals(transactions.account())) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the contract " + config.contract() + " of channel "
          + config.name() + " belongs to " + owner + ", this node's key is that of " + transactions.account()
          + ": nothing could be sent");
    }
    if (references && !contract.name().equals(config.own().code())) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the contract " + config.contract() + " of channel "
          + config.name() + " is the end of \"" + contract.name() + "\", not of " + config.own());
    }
  }

  /** Until the contract could be looked at, those of the contract this node deploys. */
  @Override
  public ChannelCapabilities capabilities() {
    return new ChannelCapabilities(true, references, true, ChannelCapabilities.Finality.PROBABILISTIC, MOST_BYTES);
  }

  /** Who takes part besides this end, as the contract lists them. */
  public List<String> participants() {
    return contract.participants();
  }

  @Override
  public Optional<String> trouble() {
    return unopened.or(transactions::trouble).or(follower::trouble);
  }

  @Override
  public PostResult post(Envelope envelope) {
    Message message = envelope.message();
    if (!message.sender().equals(config.own())) {
      return new PostResult.Refused("message.sender != " + config.own());
    }
    Optional<ChannelTable.Posted> before = store.read(view -> table.byKey(view, envelope.idempotencyKey()));
    if (before.isEmpty()) {
      Optional<PostResult> obstacle = obstacle(message.receiver());
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
    } else if (!before.get().message().equals(message)) {
      return otherMessage(envelope);
    }
    try {
      long id = before.isPresent() ? before.get().transaction() : store.write(tx -> record(tx, envelope));
      return answer(envelope, id);
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.CONFLICT) {
        return otherMessage(envelope);
      }
      return new PostResult.Unavailable(Optional.empty(), String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new PostResult.Unknown("interrupted; the message may be recorded under its key");
    }
  }

  private static PostResult otherMessage(Envelope envelope) {
    return new PostResult.Refused("the key " + envelope.idempotencyKey() + " stands for another message");
  }

  /** Found before anything is recorded, so that the message may go another way. */
  private Optional<PostResult> obstacle(Jurisdiction receiver) {
    try {
      open();
      if (transactions.trouble().isPresent()) {
        rpc.check();
      }
      Optional<ChannelNode.Participant> peer = peers.find(receiver);
      if (peer.isEmpty()) {
        return Optional.of(new PostResult.Refused(receiver + " is not a participant of channel " + config.name()));
      }
      return peer.get().contract().isPresent()
          ? Optional.empty()
          : Optional.of(new PostResult.Refused(receiver + " has not named its contract on channel " + config.name()));
    } catch (FairwayException | RpcException e) {
      return Optional.of(new PostResult.Unavailable(Optional.empty(), String.valueOf(e.getMessage())));
    }
  }

  private long record(Transaction tx, Envelope envelope) throws SQLException {
    Message message = envelope.message();
    String data = references
        ? ChannelNode.sendReferenced(message, envelope.senderRef().orElse(""))
        : ChannelNode.send(message);
    long id = transactions.record(tx,
        TransactionRequest.call(config.name() + "/" + envelope.idempotencyKey(), purpose, config.contract(), data)
            .gasLimit(gas(data)).onLateFork(TransactionRequest.LateFork.REVOKE));
    if (table.byKey(tx, envelope.idempotencyKey()).isEmpty()) {
      table.post(tx, envelope, id);
    }
    return id;
  }

  /* Enough for any message of its length, rather than an estimate, which would cost a question to the node for each:
   * storage and calls come to less than 200,000, and a byte is paid for in the call, two logs and four copies. What is not
   * used is not paid. */
  private static long gas(String data) {
    return 200_000 + 160L * (data.length() / 2);
  }

  private PostResult answer(Envelope envelope, long id) throws InterruptedException {
    Optional<Hash> hash = transactions.awaitHash(id, config.patience());
    ChannelTable.Posted posted = store.read(view -> table.byKey(view, envelope.idempotencyKey()))
        .orElseThrow(() -> new IllegalStateException("no message under " + envelope.idempotencyKey()));
    if (posted.status() == ChannelStatus.UNDELIVERABLE && hash.isEmpty()) {
      return new PostResult.Refused("the contract refuses it");
    }
    if (posted.id().isPresent()) {
      return new PostResult.Accepted(posted.id().get(), posted.status());
    }
    return new PostResult.Unknown("recorded, but not signed within " + config.patience()
        + transactions.trouble().map(trouble -> ": " + trouble).orElse("; post it again with the same key"));
  }

  private void transactionChanged(Transaction tx, long transaction, TransactionState state) throws SQLException {
    if (state instanceof TransactionState.Sent(var hash, var _, var _)) {
      table.named(tx, transaction, hash);
    } else if (state.last()) {
      settled(tx, transaction, state);
    }
  }

  private void settled(Transaction tx, long transaction, TransactionState state) throws SQLException {
    Optional<ChannelTable.Posted> found = table.byTransaction(tx, transaction);
    if (found.isEmpty()) {
      return;
    }
    ChannelStatus before = found.get().status();
    ChannelStatus lost = before == ChannelStatus.CONFIRMED || before == ChannelStatus.REVOKED
        ? ChannelStatus.REVOKED
        : ChannelStatus.UNDELIVERABLE;
    ChannelStatus after = switch (state) {
      case TransactionState.Sent _,TransactionState.Recorded _,TransactionState.Mined _ -> before;
      case TransactionState.Confirmed _ -> ChannelStatus.CONFIRMED;
      case TransactionState.Reverted(var _, var _, var reason) -> lost(found.get(), lost, reason);
      case TransactionState.Refused(var reason) -> lost(found.get(), lost, reason);
      case TransactionState.Cancelled(var why) -> lost(found.get(), lost, why);
      case TransactionState.Lost(var why) -> lost(found.get(), lost, why);
    };
    if (after != before) {
      table.settled(tx, transaction, after);
      tx.afterCommit(() -> hint(config.own()));
    }
  }

  private ChannelStatus lost(ChannelTable.Posted posted, ChannelStatus status, String why) {
    LOG.warn("message lost channel={} id={} status={} cause={}", config.name(), posted.id().orElse(""), status.wire(),
        why);
    return status;
  }

  @Override
  public Optional<ChannelMessage> find(String id) {
    Optional<ChannelMessage> known = store.read(view -> {
      Optional<ChannelMessage> received = table.received(view, id).map(ChannelTable.Received::message);
      return received;
    });
    return known.or(() -> findSent(id));
  }

  private Optional<ChannelMessage> findSent(String id) {
    Hash hash;
    try {
      hash = new Hash(id);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    Optional<SubmittedTransaction> transaction = transactions.findByHash(hash);
    return transaction.flatMap(found -> store.read(view -> table.byTransaction(view, found.id())))
        .map(ChannelTable.Posted::toMessage);
  }

  @Override
  public Optional<ChannelMessage> findByKey(String idempotencyKey) {
    return store.read(view -> table.byKey(view, idempotencyKey)).map(ChannelTable.Posted::toMessage);
  }

  @Override
  public Observation observe(Jurisdiction receiver, String cursor, int limit) {
    open();
    return store.read(view -> table.observe(view, false, receiver, cursor, limit));
  }

  @Override
  public Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    return store.read(view -> table.observe(view, true, sender, cursor, limit));
  }

  @Override
  public AutoCloseable onChange(Jurisdiction receiver, Runnable hint) {
    Listener listener = new Listener(receiver, hint);
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Stops following; the transactions go on, for they are the caller's. */
  @Override
  public synchronized void close() {
    closed = true;
    follower.close();
  }

  private void hint(Jurisdiction receiver) {
    listeners.stream().filter(listener -> listener.receiver.equals(receiver)).forEach(listener -> listener.hint.run());
  }
}

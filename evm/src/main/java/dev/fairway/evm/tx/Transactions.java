package dev.fairway.evm.tx;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Watch;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.sign.Signer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One account's transactions on one chain: recorded first, then given nonces in order, signed, sent many at a time, and
 * followed until they are certain.
 *
 * <ul>
 * <li>Each is mined at most once, whatever crashes: it has one nonce for ever, each of its signed forms is stored before it
 * is sent, and what was sent is looked up before anything else happens to it.
 * <li>Nonces have no gaps. One process at a time gives them ({@link Watch}); a transaction that cannot go on gives its
 * nonce to an empty transfer to oneself.
 * <li>A transaction is never waited for before the next is sent, up to the configured number in flight.
 * <li>One that stays unmined is sent again, its fees are raised, and at last it is cancelled; that it is cancelled is said
 * only once its nonce was used otherwise, so it cannot appear after all.
 * <li>A fork that takes a transaction back is noticed by the hash of the block it was in and by the account's nonce, also
 * when it happened while the node was down.
 * </ul>
 *
 * <p>Nobody else may send from the account at the same time; a foreign transaction is survived, and one of ours is then
 * reported as lost. Safe for many threads.
 */
public final class Transactions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
  /** Transactions this class makes for itself. */
  static final String OWN_PURPOSE = "evm.nonce";

  private static final int BATCHES_A_TURN = 16;

  private final Store store;
  private final Signer signer;
  private final long chain;
  private final TransactionTable table;
  private final Watch watch;
  private final Listeners listeners;
  private final Lookout lookout;
  private final ChainNews news;
  private final Sending sending;
  private final Trouble trouble = new Trouble();
  private final Map<Long, CompletableFuture<Hash>> awaitingHash = new ConcurrentHashMap<>();
  // Only the thread that takes the turn touches it.
  private boolean fresh = true;

  /** Asks for the chain id, unless the client was told it. Does nothing further until {@link #start}. */
  public Transactions(Store store, EthereumRpc rpc, Signer signer, TransactionsConfig config) {
    Address account = signer.address();
    this.store = store;
    this.signer = signer;
    this.chain = rpc.chainId();
    this.table = new TransactionTable(chain, account);
    this.watch = new Watch(store, table.name(), config.poll(), this::turn, this::takenOver);
    this.listeners = new Listeners(table);
    this.lookout = new Lookout(store, rpc, account, config, table, trouble);
    this.news = new ChainNews(store, rpc, config, table, watch, new Minings(store, rpc, table, account), listeners);
    this.sending = new Sending(store, rpc, signer, config, chain, table, watch, lookout,
        new GasEstimates(rpc, account, config, table, watch, listeners, trouble), trouble);
  }

  /** The account that sends. */
  public Address account() {
    return signer.address();
  }

  public long chainId() {
    return chain;
  }

  /** Who is told of the changes of a purpose's transactions. To be set before {@link #start}. */
  public void onChange(String purpose, TransactionListener listener) {
    listeners.put(purpose, listener);
  }

  /** Begins to send and follow, on a thread of its own. */
  public void start() {
    watch.start();
  }

  /** Takes one turn now; how much it did. What a test calls in place of {@link #start}. */
  public int runOnce() throws Exception {
    return watch.runOnce();
  }

  /**
   * What keeps transactions from being sent, in words for an operator. What the chain or the account lacks is told by the
   * process that sends; another knows nothing of it.
   */
  public Optional<String> trouble() {
    return watch.trouble().or(() -> watch.leads() ? trouble.text() : Optional.empty());
  }

  /** Records a transaction durably; it is sent soon after. Returns this node's id for it. */
  public long submit(TransactionRequest request) {
    return store.write(tx -> record(tx, request));
  }

  /**
   * Records a transaction together with whatever else the step writes; it is sent soon after the commit.
   *
   * @throws FairwayException with {@code CONFLICT} when the key stands for another transaction
   */
  public long record(Transaction tx, TransactionRequest request) throws SQLException {
    long id = table.insert(tx, request);
    if (id >= 0) {
      tx.afterCommit(watch::nudge);
      return id;
    }
    Row before = table.byKey(tx, request.key())
        .orElseThrow(() -> new IllegalStateException("no row for key " + request.key()));
    if (!before.receiver().equals(request.to()) || !before.value().equals(request.value())
        || !before.data().equals(request.data().toLowerCase(java.util.Locale.ROOT))) {
      throw new FairwayException(ErrorCode.CONFLICT, "the key " + request.key() + " stands for another transaction");
    }
    return before.id();
  }

  public Optional<SubmittedTransaction> find(long id) {
    return store.read(view -> show(view, table.byId(view, id)));
  }

  public Optional<SubmittedTransaction> findByKey(String key) {
    return store.read(view -> show(view, table.byKey(view, key)));
  }

  /** Finds it by any hash it was ever signed under. */
  public Optional<SubmittedTransaction> findByHash(Hash hash) {
    return store.read(view -> {
      Optional<Long> id = table.idOf(view, hash);
      return id.isPresent() ? show(view, table.byId(view, id.get())) : Optional.empty();
    });
  }

  /** Waits until it is signed; its hash then. Empty when the time is over, or it was refused. */
  public Optional<Hash> awaitHash(long id, Duration limit) throws InterruptedException {
    CompletableFuture<Hash> signed = awaitingHash.computeIfAbsent(id, any -> new CompletableFuture<>());
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        Optional<Row> row = store.read(view -> table.byId(view, id));
        if (row.flatMap(Row::hash).isPresent()) {
          return row.get().hash();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0 || row.isEmpty() || row.get().toState().last()) {
          return Optional.empty();
        }
        try {
          // Another process may be the one that signs, hence the look from time to time.
          return Optional.of(signed.get(Math.min(left, 500_000_000), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
          LOG.trace("not signed yet id={}", id);
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        }
      }
    } finally {
      awaitingHash.remove(id, signed);
    }
  }

  /** Waits until its state is a last one, or the time is over; the state it then has. */
  public TransactionState await(long id, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      TransactionState state = find(id).orElseThrow(
          () -> new FairwayException(ErrorCode.NOT_FOUND, "there is no transaction " + id)).state();
      if (state.last() || System.nanoTime() > deadline) {
        return state;
      }
      Thread.sleep(20);
    }
  }

  /** Gives a transaction up: when it was not mined yet, its nonce is used otherwise. */
  public void abandon(long id, String why) {
    store.run(tx -> {
      Optional<Row> row = table.byId(tx, id);
      if (row.isPresent() && row.get().state().equals(Row.RECORDED)) {
        table.refused(tx, id, why);
        listeners.tell(tx, id);
      } else if (row.isPresent() && row.get().state().equals(Row.SENT)) {
        table.abandoned(tx, id, why);
      }
      tx.afterCommit(watch::nudge);
    });
  }

  @Override
  public void close() {
    watch.close();
  }

  private Optional<SubmittedTransaction> show(View view, Optional<Row> found) throws SQLException {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Row row = found.get();
    List<Hash> hashes = new ArrayList<>();
    table.forms(view, List.of(row)).values()
        .forEach(forms -> forms.forEach((hash, cancels) -> {
          if (!cancels) {
            hashes.add(hash);
          }
        }));
    return Optional
        .of(new SubmittedTransaction(row.id(), row.key(), row.purpose(), row.toState(), hashes, row.recordedAt(),
            row.changedAt()));
  }

  /** What is remembered is from before another process sent. */
  private void takenOver() {
    fresh = true;
    trouble.clear();
    lookout.forget();
    news.forget();
    sending.forget();
  }

  /* One look at the chain, one commit of what was learned, then batch after batch: each is written before it is sent, and
   * while it is on its way the next is signed and written. The turn ends before the lease on it may. */
  private int turn() throws Exception {
    if (!store.read(table::anyOpen)) {
      trouble.clear();
      return 0;
    }
    Look look = lookout.look();
    if (lookout.behind(look)) {
      return 0;
    }
    int done = news.learn(look, sending.resend());
    if (fresh) {
      sending.takeOver();
      fresh = false;
    }
    List<TransactionTable.Form> forms = sending.replacements(look);
    forms.addAll(sending.next(look));
    write(forms);
    Sending.Flight flight = sending.send(forms);
    for (int i = 1; i < BATCHES_A_TURN && !forms.isEmpty(); i++) {
      try {
        forms = watch.sure() ? sending.next(look) : List.of();
        write(forms);
      } finally {
        done += flight.land();
      }
      flight = sending.send(forms);
    }
    return done + flight.land();
  }

  private void write(List<TransactionTable.Form> forms) {
    if (!forms.isEmpty()) {
      watch.write(tx -> {
        note(tx, forms);
        return true;
      });
      sending.written(forms);
    }
  }

  private void note(Transaction tx, List<TransactionTable.Form> forms) throws SQLException {
    table.signed(tx, forms);
    for (TransactionTable.Form form : forms) {
      listeners.tell(tx, form.row(), new TransactionState.Sent(form.signed().hash(), form.nonce(),
          form.row().replacements() + (form.replaces() ? 1 : 0)));
    }
    tx.afterCommit(() -> forms.forEach(form -> {
      CompletableFuture<Hash> waiting = awaitingHash.get(form.row().id());
      if (waiting != null) {
        waiting.complete(form.signed().hash());
      }
    }));
  }
}

package dev.fairway.evm.tx;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Watch;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcError;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.evm.rpc.RpcRequest;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.sign.UnsignedTransaction;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

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
  private static final int BATCH = 400;
  private static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);
  private static final long CANCEL_GAS = 21_000;

  private final Store store;
  private final EthereumRpc rpc;
  private final Signer signer;
  private final TransactionsConfig config;
  private final long chain;
  private final TransactionTable table;
  private final Watch watch;
  private final Map<String, TransactionListener> listeners = new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<Hash>> awaitingHash = new ConcurrentHashMap<>();

  // Only the thread that takes the turn touches these. All can be lost: a new leader sends everything again.
  private final Set<Long> resend = new LinkedHashSet<>();
  private final Set<Long> raise = new LinkedHashSet<>();
  private final Map<Long, Long> unexplained = new HashMap<>();
  private boolean fresh = true;
  private Instant behindSince = Instant.MAX;
  private volatile Optional<String> trouble = Optional.empty();

  /** Asks for the chain id, unless the client was told it. Does nothing further until {@link #start}. */
  public Transactions(Store store, EthereumRpc rpc, Signer signer, TransactionsConfig config) {
    this.store = store;
    this.rpc = rpc;
    this.signer = signer;
    this.config = config;
    this.chain = rpc.chainId();
    this.table = new TransactionTable(chain, signer.address());
    this.watch = new Watch(store, table.name(), config.poll(), this::turn, () -> fresh = true);
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

  /** What keeps transactions from being sent, in words for an operator. */
  public Optional<String> trouble() {
    return watch.trouble().or(() -> trouble);
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
        tell(tx, id);
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

  /* One look at the chain, then at most two commits (what was learned; what was signed), then one round of sending. */
  private int turn() throws Exception {
    if (!store.read(table::anyOpen)) {
      return 0;
    }
    Look look = look();
    if (behind(look)) {
      return 0;
    }
    int done = look.forked ? followFork(look) : 0;
    done += takeBack(look);
    done += learn(look);
    List<TransactionTable.Form> forms = new ArrayList<>();
    if (fresh) {
      // Whatever the leader before us signed may not have been sent.
      store.read(view -> table.list(view, " AND t.state = 'sent' ORDER BY t.nonce", 10_000))
          .forEach(row -> resend.add(row.id()));
      fresh = false;
    }
    replace(look, forms);
    assign(look, forms);
    if (!forms.isEmpty()) {
      watch.write(tx -> {
        table.signed(tx, forms);
        for (TransactionTable.Form form : forms) {
          tell(tx, form.row(), new TransactionState.Sent(form.signed().hash(), form.nonce(),
              form.row().replacements() + (form.replaces() ? 1 : 0)));
        }
        tx.afterCommit(() -> forms.forEach(form -> {
          CompletableFuture<Hash> waiting = awaitingHash.get(form.row().id());
          if (waiting != null) {
            waiting.complete(form.signed().hash());
          }
        }));
        return true;
      });
    }
    return done + send(forms);
  }

  /** The chain as one request found it. */
  private record Look(Block head, Optional<Map.Entry<Long, Hash>> before, long count, long pending, Fees fees,
      boolean affordable, boolean forked, Instant now) {
    boolean unchanged() {
      return before.map(Map.Entry::getValue).filter(head.hash()::equals).isPresent();
    }
  }

  private Look look() {
    Optional<Map.Entry<Long, Hash>> before = store.read(table::head);
    String account = signer.address().hex();
    List<RpcRequest> calls = new ArrayList<>(List.of(RpcRequest.of("eth_getBlockByNumber", "latest", false),
        RpcRequest.of("eth_getTransactionCount", account, "latest"),
        RpcRequest.of("eth_getTransactionCount", account, "pending"),
        RpcRequest.of(config.legacyFees() ? "eth_gasPrice" : "eth_maxPriorityFeePerGas")));
    before.ifPresent(head -> calls.add(RpcRequest.of("eth_getBlockByNumber", Hex.of(head.getKey()), false)));
    List<RpcAnswer> answers = rpc.batch(calls);
    Block head = EthereumRpc.readBlock(answers.get(0).orThrow("eth_getBlockByNumber"))
        .orElseThrow(() -> new FairwayException(ErrorCode.PEER_LIED, "the node knows no latest block"));
    long count = Hex.toLong(answers.get(1).orThrow("eth_getTransactionCount").asString());
    // Some providers have no pending block; then what we know ourselves must do.
    long pending = answers.get(2) instanceof RpcAnswer.Result(var value) ? Hex.toLong(value.asString()) : count;
    boolean forked = before.isPresent() && !EthereumRpc.readBlock(answers.get(4).orThrow("eth_getBlockByNumber"))
        .map(Block::hash).filter(before.get().getValue()::equals).isPresent();
    Fees market = market(head, answers.get(3));
    Fees capped = capped(market);
    boolean affordable = market.ceiling().compareTo(config.mostPerGas()) <= 0
        || head.baseFee().map(base -> base.compareTo(config.mostPerGas()) < 0).orElse(false);
    if (!affordable) {
      trouble = Optional.of("the chain asks %s wei per gas, at most %s are allowed: nothing is sent until it asks less"
          .formatted(market.ceiling(), config.mostPerGas()));
    } else if (trouble.filter(text -> text.startsWith("the chain asks")).isPresent()) {
      trouble = Optional.empty();
    }
    return new Look(head, before, count, Math.max(count, pending), capped, affordable, forked, store.read(View::now));
  }

  private Fees market(Block head, RpcAnswer asked) {
    Optional<BigInteger> price = asked instanceof RpcAnswer.Result(var value) && value.isString()
        ? Optional.of(Hex.number(value.asString()))
        : Optional.empty();
    if (config.legacyFees() || head.baseFee().isEmpty()) {
      BigInteger known = config.legacyFees() && price.isPresent()
          ? price.get()
          : Hex.number(rpc.call("eth_gasPrice").asString());
      return new Fees.Legacy(known);
    }
    BigInteger tip = price.orElse(GWEI);
    // Twice the base fee holds for six full blocks in a row (EIP-1559: it rises by an eighth at most).
    return new Fees.Dynamic(tip, head.baseFee().get().shiftLeft(1).add(tip));
  }

  private Fees capped(Fees fees) {
    BigInteger most = config.mostPerGas();
    return switch (fees) {
      case Fees.Legacy(var price) -> new Fees.Legacy(price.min(most));
      case Fees.Dynamic(var tip, var max) -> new Fees.Dynamic(tip.min(most), max.min(most));
    };
  }

  /** A provider may lag behind the one asked before; believed to be a fork only when it lasts. */
  private boolean behind(Look look) {
    if (look.before.isEmpty() || look.head.number() >= look.before.get().getKey()) {
      behindSince = Instant.MAX;
      return false;
    }
    if (behindSince.equals(Instant.MAX)) {
      behindSince = look.now;
    }
    return look.now.isBefore(behindSince.plus(config.patience()));
  }

  /** Finds out which transactions the fork moved or took. */
  private int followFork(Look look) {
    List<Row> open = store.read(
        view -> table.list(view, " AND t.state IN ('mined', 'confirmed') ORDER BY t.block_number DESC", 100_000));
    List<Long> numbers = open.stream().map(Row::block).distinct().toList();
    List<RpcAnswer> blocks = rpc.batch(
        numbers.stream().map(number -> RpcRequest.of("eth_getBlockByNumber", Hex.of(number), false)).toList());
    Map<Long, Hash> canonical = new HashMap<>();
    for (int i = 0; i < numbers.size(); i++) {
      Optional<Block> block = EthereumRpc.readBlock(blocks.get(i).orThrow("eth_getBlockByNumber"));
      if (block.isPresent()) {
        canonical.put(numbers.get(i), block.get().hash());
      }
    }
    List<Row> moved = open.stream().filter(row -> row.outcome().filter(Row.Outcome.LOST::equals).isEmpty())
        .filter(row -> !Optional.ofNullable(canonical.get(row.block())).equals(row.blockHash())).toList();
    if (moved.isEmpty()) {
      return 0;
    }
    Map<Long, TransactionTable.Mining> found = minings(moved);
    List<Row> fallen = moved.stream().filter(row -> !found.containsKey(row.id())).toList();
    LOG.warn("fork chain={} head={} moved={} taken={}", chain, look.head.number(), found.size(), fallen.size());
    watch.write(tx -> {
      table.mined(tx, found.values());
      for (TransactionTable.Mining mining : found.values()) {
        tell(tx, mining.row().id());
      }
      fall(tx, fallen);
      return true;
    });
    fallen.forEach(row -> resend.add(row.id()));
    return moved.size();
  }

  /** Whatever has a nonce the chain has not reached is not mined, whatever we believed. */
  private int takeBack(Look look) {
    List<Row> fallen = store.read(view -> table.list(view,
        " AND t.state IN ('mined', 'confirmed', 'settled') AND t.nonce >= ? ORDER BY t.nonce", 10_000, look.count));
    if (!fallen.isEmpty()) {
      LOG.warn("fork chain={} head={} taken={}", chain, look.head.number(), fallen.size());
      watch.write(tx -> {
        fall(tx, fallen);
        return true;
      });
      fallen.forEach(row -> resend.add(row.id()));
    }
    return fallen.size();
  }

  private void fall(Transaction tx, List<Row> fallen) throws SQLException {
    for (Row row : fallen) {
      Optional<String> abandoned = row.revokes() && row.announced()
          ? Optional.of("a fork took it back after it was confirmed")
          : Optional.empty();
      table.fallen(tx, row, abandoned);
      tell(tx, row.id());
    }
  }

  /** Notes what was mined and what became certain. */
  private int learn(Look look) {
    List<Row> passed = store.read(
        view -> table.list(view, " AND t.state = 'sent' AND t.nonce < ? ORDER BY t.nonce", BATCH * 2, look.count));
    Map<Long, TransactionTable.Mining> found = minings(passed);
    // A block after the one looked at is left for the next turn, which looks whether a fork has taken it.
    found.values().removeIf(mining -> mining.receipt().blockNumber() > look.head.number());
    List<Row> lost = passed.stream().filter(row -> !found.containsKey(row.id())).filter(row -> stayedAway(row, look))
        .toList();
    found.keySet().forEach(unexplained::remove);
    if (found.isEmpty() && lost.isEmpty() && look.unchanged()) {
      return 0;
    }
    long certain = config.finality().certain(rpc, look.head);
    return watch.write(tx -> {
      table.mined(tx, found.values());
      for (TransactionTable.Mining mining : found.values()) {
        tell(tx, mining.row(),
            new TransactionState.Mined(mining.receipt().transaction(), mining.receipt().blockNumber(),
                mining.outcome() == Row.Outcome.SUCCEEDED));
      }
      for (Row row : lost) {
        table.lost(tx, row.id(), "its nonce " + row.nonce() + " was used by a transaction this node did not send");
        tell(tx, row.id());
      }
      List<Row> confirmed = table.confirm(tx, certain, BATCH * 4);
      for (Row row : confirmed) {
        tell(tx, row.id());
      }
      table.settle(tx, certain - config.watch());
      table.head(tx, look.head);
      return found.size() + lost.size() + confirmed.size();
    });
  }

  private boolean stayedAway(Row row, Look look) {
    long since = unexplained.computeIfAbsent(row.id(), any -> look.head.number());
    return config.finality().certain(rpc, look.head) > since;
  }

  /** Looks the receipts up, of the newest form first and of the others where that has none. */
  private Map<Long, TransactionTable.Mining> minings(List<Row> rows) {
    Map<Long, TransactionTable.Mining> found = new LinkedHashMap<>();
    List<Row> signed = rows.stream().filter(row -> row.hash().isPresent()).toList();
    List<Optional<Receipt>> newest = receipts(signed.stream().map(row -> row.hash().orElseThrow()).toList());
    List<Row> rest = new ArrayList<>();
    for (int i = 0; i < signed.size(); i++) {
      Row row = signed.get(i);
      newest.get(i).ifPresentOrElse(receipt -> found.put(row.id(), mining(row, receipt, row.cancels())),
          () -> rest.add(row));
    }
    Map<Long, Map<Hash, Boolean>> forms = store.read(view -> table.forms(view, rest));
    for (Row row : rest) {
      Map<Hash, Boolean> own = forms.getOrDefault(row.id(), Map.of());
      List<Hash> others = own.keySet().stream().filter(hash -> !Optional.of(hash).equals(row.hash())).toList();
      List<Optional<Receipt>> receipts = receipts(others);
      for (int i = 0; i < others.size(); i++) {
        boolean cancels = own.getOrDefault(others.get(i), false);
        receipts.get(i).ifPresent(receipt -> found.put(row.id(), mining(row, receipt, cancels)));
      }
    }
    return found;
  }

  private List<Optional<Receipt>> receipts(List<Hash> hashes) {
    return rpc.batch(hashes.stream().map(hash -> RpcRequest.of("eth_getTransactionReceipt", hash.hex())).toList())
        .stream()
        .map(answer -> Receipt.of(answer.orThrow("eth_getTransactionReceipt"))).toList();
  }

  private TransactionTable.Mining mining(Row row, Receipt receipt, boolean cancels) {
    if (cancels) {
      return new TransactionTable.Mining(row, receipt, Row.Outcome.CANCELLED,
          row.abandoned().orElse("it was given up"));
    }
    return receipt.succeeded()
        ? new TransactionTable.Mining(row, receipt, Row.Outcome.SUCCEEDED, "")
        : new TransactionTable.Mining(row, receipt, Row.Outcome.REVERTED, revertReason(row, receipt));
  }

  /** Receipts carry no reason; the call is made again on the state before its block, without writing. */
  private String revertReason(Row row, Receipt receipt) {
    if (receipt.gasUsed() >= row.gasLimit()) {
      return "it ran out of gas: " + row.gasLimit() + " were not enough";
    }
    Map<String, Object> call = call(row);
    call.put("gas", Hex.of(row.gasLimit()));
    for (String tag : List.of(Hex.of(Math.max(0, receipt.blockNumber() - 1)), "latest")) {
      try {
        if (rpc.batch(List.of(RpcRequest.of("eth_call", call, tag)))
            .getFirst() instanceof RpcAnswer.Failed(RpcError.Reverted(var reason))) {
          return reason.text();
        }
      } catch (FairwayException | RpcException e) {
        // The reason is a courtesy; without it the transaction has reverted all the same.
        return "reverted; the node does not tell why";
      }
    }
    return "reverted; the reason no longer shows";
  }

  private Map<String, Object> call(Row row) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("from", signer.address().hex());
    row.receiver().ifPresent(to -> call.put("to", to.hex()));
    call.put("value", Hex.of(row.value()));
    call.put("data", row.data());
    return call;
  }

  /** Cancels what was given up and raises the fees of what is stuck. */
  private void replace(Look look, List<TransactionTable.Form> forms) {
    List<Row> abandoned = store.read(view -> table.list(view,
        " AND t.state = 'sent' AND t.abandoned IS NOT NULL AND t.nonce >= ? ORDER BY t.nonce", 100, look.count));
    for (Row row : abandoned) {
      if (!row.cancels()) {
        forms.add(form(row, row.nonce(), look, true));
      }
    }
    long patience = Row.micros(look.now.minus(config.patience()));
    List<Row> stuck = store.read(view -> table.list(view,
        " AND t.state = 'sent' AND t.nonce >= ? AND t.sent_at < ? ORDER BY t.nonce", 64, look.count, patience));
    List<Row> asked = raise.isEmpty() ? List.of() : store.read(view -> {
      List<Row> rows = new ArrayList<>();
      for (long id : raise) {
        table.byId(view, id).filter(row -> row.state().equals(Row.SENT)).ifPresent(rows::add);
      }
      return rows;
    });
    raise.clear();
    Set<Long> taken = new LinkedHashSet<>(forms.stream().map(form -> form.row().id()).toList());
    for (Row row : asked) {
      if (taken.add(row.id())) {
        raiseOrResend(row, look, forms);
      }
    }
    for (Row row : stuck) {
      if (!taken.add(row.id())) {
        continue;
      }
      boolean giveUp = row.abandoned().isEmpty() && row.recordedAt().isBefore(look.now.minus(config.giveUp()));
      boolean tooCheap = row.fees().map(fees -> fees.ceiling().compareTo(look.fees.ceiling()) < 0).orElse(false);
      if (giveUp) {
        watch.write(tx -> {
          table.abandoned(tx, row.id(), "it was not mined within " + config.giveUp());
          return true;
        });
        forms.add(form(row, row.nonce(), look, true));
      } else if ((row.nonce() == look.count || tooCheap) && row.sentAt() > 0 && known(row)) {
        raiseOrResend(row, look, forms);
      } else {
        resend.add(row.id());
      }
    }
    fillGap(look);
  }

  private void raiseOrResend(Row row, Look look, List<TransactionTable.Form> forms) {
    TransactionTable.Form form = form(row, row.nonce(), look, row.cancels());
    if (row.fees().isPresent() && form.fees().ceiling().compareTo(row.fees().get().ceiling()) <= 0) {
      // At the configured limit: all that is left is to keep it known.
      resend.add(row.id());
      return;
    }
    LOG.info("transaction replaced chain={} nonce={} offers={}", chain, row.nonce(), form.fees().ceiling());
    forms.add(form);
  }

  private boolean known(Row row) {
    JsonNode answer = rpc.call("eth_getTransactionByHash", row.hash().orElseThrow().hex());
    return !answer.isNull();
  }

  /** A nonce nobody used holds up all later ones: a foreign transaction that a fork took, or a chain set back. */
  private void fillGap(Look look) {
    Optional<Row> lowest = store.read(
        view -> table.list(view, " AND t.state = 'sent' AND t.nonce >= ? ORDER BY t.nonce", 1, look.count)).stream()
        .findFirst();
    boolean gap = lowest.isPresent() && lowest.get().nonce() > look.count && look.pending == look.count
        && lowest.get().sentAt() < Row.micros(look.now.minus(config.patience()));
    if (gap && store.read(view -> table.list(view, " AND t.nonce = ?", 1, look.count)).isEmpty()) {
      LOG.warn("nonce gap filled chain={} nonce={}", chain, look.count);
      watch.write(tx -> {
        table.plug(tx, look.count);
        return true;
      });
    }
  }

  private TransactionTable.Form form(Row row, long nonce, Look look, boolean cancels) {
    Fees fees = row.fees().map(before -> capped(higher(before.raised(config.raise()), look.fees))).orElse(look.fees);
    var unsigned = cancels
        ? new UnsignedTransaction(chain, nonce, Optional.of(signer.address()), BigInteger.ZERO, "0x", CANCEL_GAS, fees)
        : new UnsignedTransaction(chain, nonce, row.receiver(), row.value(), row.data(), row.gasLimit(), fees);
    return new TransactionTable.Form(row, nonce, row.gasLimit(), fees, signer.sign(unsigned), cancels,
        row.hash().isPresent());
  }

  private static Fees higher(Fees one, Fees other) {
    if (one instanceof Fees.Dynamic(var tip, var max) && other instanceof Fees.Dynamic(var otherTip, var otherMax)) {
      return new Fees.Dynamic(tip.max(otherTip), max.max(otherMax));
    }
    return one.ceiling().compareTo(other.ceiling()) >= 0 ? one : other;
  }

  /** Gives nonces to what was recorded, in the order it was recorded. */
  private void assign(Look look, List<TransactionTable.Form> forms) {
    if (!look.affordable) {
      return;
    }
    long inFlight = store.read(view -> table.number(view, "COUNT(*)", " AND t.state = 'sent'"));
    int room = (int) Math.min(BATCH, config.inFlight() - inFlight);
    if (room <= 0) {
      return;
    }
    List<Row> recorded = store.read(view -> table.list(view, " AND t.state = 'recorded' ORDER BY t.id", room));
    if (recorded.isEmpty()) {
      return;
    }
    long highest = store.read(view -> table.number(view, "COALESCE(MAX(t.nonce), -1)", ""));
    long nonce = Math.max(highest + 1, look.pending);
    for (Row row : estimated(recorded, look)) {
      forms.add(form(row, nonce++, look, false));
    }
  }

  /** Those whose gas is known or could be estimated; those that would revert are refused. */
  private List<Row> estimated(List<Row> rows, Look look) {
    List<Row> unknown = rows.stream().filter(row -> row.gasLimit() == 0).toList();
    if (unknown.isEmpty()) {
      return rows;
    }
    List<RpcAnswer> answers = rpc
        .batch(unknown.stream().map(row -> RpcRequest.of("eth_estimateGas", call(row))).toList());
    Map<Long, Long> gas = new HashMap<>();
    Map<Long, String> refused = new LinkedHashMap<>();
    for (int i = 0; i < unknown.size(); i++) {
      Row row = unknown.get(i);
      switch (answers.get(i)) {
        case RpcAnswer.Result(var value) -> gas.put(row.id(), Hex.toLong(value.asString()) * 6 / 5);
        case RpcAnswer.Failed(RpcError.Reverted(var reason)) -> refused.put(row.id(), reason.text());
        case RpcAnswer.Failed(RpcError.Refused error) -> {
          if (row.recordedAt().isBefore(look.now.minus(config.giveUp()))) {
            refused.put(row.id(), "the node cannot estimate its gas: " + error.message());
          }
          trouble = Optional.of("gas cannot be estimated: " + error.message());
        }
      }
    }
    if (!refused.isEmpty()) {
      watch.write(tx -> {
        for (Map.Entry<Long, String> each : refused.entrySet()) {
          table.refused(tx, each.getKey(), each.getValue());
          tell(tx, each.getKey());
        }
        return true;
      });
    }
    List<Row> ready = new ArrayList<>();
    for (Row row : rows) {
      if (row.gasLimit() > 0) {
        ready.add(row);
      } else if (gas.containsKey(row.id())) {
        ready.add(withGas(row, gas.get(row.id())));
      }
    }
    return ready;
  }

  private static Row withGas(Row row, long gasLimit) {
    return new Row(row.id(), row.key(), row.purpose(), row.receiver(), row.value(), row.data(), gasLimit, row.revokes(),
        row.state(), row.nonce(), row.hash(), row.fees(), row.sentAt(), row.replacements(), row.abandoned(),
        row.minedHash(),
        row.block(), row.blockHash(), row.outcome(), row.reason(), row.gasUsed(), row.created(), row.cancels(),
        row.announced(), row.recordedAt(), row.changedAt());
  }

  /** Sends what was just signed, and again what may not have arrived. */
  private int send(List<TransactionTable.Form> forms) {
    Map<Long, String> raws = new LinkedHashMap<>();
    for (long id : List.copyOf(resend)) {
      if (raws.size() >= BATCH) {
        break;
      }
      resend.remove(id);
      Optional<String> raw = store.read(view -> {
        Optional<Row> row = table.byId(view, id).filter(open -> open.state().equals(Row.SENT))
            .filter(open -> open.hash().isPresent());
        return row.isPresent() ? table.raw(view, row.get().hash().orElseThrow()) : Optional.<String>empty();
      });
      raw.ifPresent(bytes -> raws.put(id, bytes));
    }
    int again = raws.size();
    if (again > 0) {
      watch.write(tx -> {
        table.touched(tx, raws.keySet(), tx.now());
        return true;
      });
    }
    forms.forEach(form -> raws.put(form.row().id(), form.signed().raw()));
    if (raws.isEmpty()) {
      return 0;
    }
    List<Long> ids = List.copyOf(raws.keySet());
    List<RpcAnswer> answers;
    try {
      answers = rpc.batch(raws.values().stream().map(raw -> RpcRequest.of("eth_sendRawTransaction", raw)).toList());
    } catch (FairwayException e) {
      resend.addAll(ids);
      throw e;
    }
    boolean poor = false;
    for (int i = 0; i < ids.size(); i++) {
      if (answers.get(i) instanceof RpcAnswer.Failed(var error)) {
        poor |= refusedBySend(ids.get(i), error);
      }
    }
    if (!poor && trouble.filter(text -> text.contains("cannot pay")).isPresent()) {
      trouble = Optional.empty();
    }
    return forms.size();
  }

  private boolean refusedBySend(long id, RpcError error) {
    switch (SendError.of(error)) {
      case KNOWN -> {
        // The chain will tell.
      }
      case UNDERPRICED -> raise.add(id);
      case TOO_EARLY -> resend.add(id);
      case POOR -> {
        trouble = Optional.of("account " + signer.address() + " cannot pay for its transactions: " + error.message());
        return true;
      }
      case NEVER -> watch.write(tx -> {
        table.abandoned(tx, id, "the node refuses it: " + error.message());
        return true;
      });
      case LATER -> LOG.warn("transaction not accepted, will be sent again chain={} id={} cause={}", chain, id,
          error.message());
    }
    return false;
  }

  private void tell(Transaction tx, long id) throws SQLException {
    Optional<Row> row = table.byId(tx, id);
    if (row.isPresent()) {
      tell(tx, row.get(), row.get().toState());
    }
  }

  private void tell(Transaction tx, Row row, TransactionState state) throws SQLException {
    TransactionListener listener = listeners.get(row.purpose());
    if (listener != null) {
      listener.changed(tx, row.id(), state);
    }
  }
}

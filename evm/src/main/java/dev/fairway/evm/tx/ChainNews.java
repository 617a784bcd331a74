package dev.fairway.evm.tx;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Watch;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcRequest;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes what the chain has done to our transactions: mined them, made them certain, or taken them back. */
final class ChainNews {
  private static final Logger LOG = LoggerFactory.getLogger(ChainNews.class);
  private static final int BATCH = 400;

  private final Store store;
  private final EthereumRpc rpc;
  private final TransactionsConfig config;
  private final TransactionTable table;
  private final Watch watch;
  private final Minings minings;
  private final Listeners listeners;
  /** Nonces the chain has used, and no receipt of ours explains; with the head when that was first seen. */
  private final Map<Long, Long> unexplained = new HashMap<>();

  ChainNews(Store store, EthereumRpc rpc, TransactionsConfig config, TransactionTable table, Watch watch,
      Minings minings, Listeners listeners) {
    this.store = store;
    this.rpc = rpc;
    this.config = config;
    this.table = table;
    this.watch = watch;
    this.minings = minings;
    this.listeners = listeners;
  }

  /** For one that has lost its lease: what it could not explain, another may have found since. */
  void forget() {
    unexplained.clear();
  }

  /**
   * Notes everything that is new.
   *
   * @param resend gets what a fork took back
   */
  int learn(Look look, Set<Long> resend) {
    int done = look.forked() ? followFork(look, resend) : 0;
    return done + takeBack(look, resend) + learn(look);
  }

  /** Finds out which transactions the fork moved or took. */
  private int followFork(Look look, Set<Long> resend) {
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
    Map<Long, TransactionTable.Mining> found = minings.of(moved);
    List<Row> fallen = moved.stream().filter(row -> !found.containsKey(row.id())).toList();
    LOG.warn("fork account={} head={} moved={} taken={}", table.name(), look.head().number(), found.size(),
        fallen.size());
    watch.write(tx -> {
      table.mined(tx, found.values());
      for (TransactionTable.Mining mining : found.values()) {
        listeners.tell(tx, mining.row().id());
      }
      fall(tx, fallen);
      return true;
    });
    fallen.forEach(row -> resend.add(row.id()));
    return moved.size();
  }

  /** Whatever has a nonce the chain has not reached is not mined, whatever we believed. */
  private int takeBack(Look look, Set<Long> resend) {
    List<Row> fallen = store.read(view -> table.list(view,
        " AND t.state IN ('mined', 'confirmed', 'settled') AND t.nonce >= ? ORDER BY t.nonce", 10_000, look.count()));
    if (!fallen.isEmpty()) {
      LOG.warn("fork account={} head={} taken={}", table.name(), look.head().number(), fallen.size());
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
      listeners.tell(tx, row.id());
    }
  }

  /** Notes what was mined and what became certain. */
  private int learn(Look look) {
    List<Row> passed = store.read(
        view -> table.list(view, " AND t.state = 'sent' AND t.nonce < ? ORDER BY t.nonce", BATCH * 2, look.count()));
    Map<Long, TransactionTable.Mining> found = minings.of(passed);
    // A block after the one looked at is left for the next turn, which looks whether a fork has taken it.
    found.values().removeIf(mining -> mining.receipt().blockNumber() > look.head().number());
    List<Row> lost = passed.stream().filter(row -> !found.containsKey(row.id())).filter(row -> stayedAway(row, look))
        .toList();
    found.keySet().forEach(unexplained::remove);
    if (found.isEmpty() && lost.isEmpty() && look.unchanged()) {
      return 0;
    }
    long certain = config.finality().certain(rpc, look.head());
    return watch.write(tx -> {
      table.mined(tx, found.values());
      for (TransactionTable.Mining mining : found.values()) {
        listeners.tell(tx, mining.row(),
            new TransactionState.Mined(mining.receipt().transaction(), mining.receipt().blockNumber(),
                mining.outcome() == Row.Outcome.SUCCEEDED));
      }
      for (Row row : lost) {
        table.lost(tx, row.id(), "its nonce " + row.nonce() + " was used by a transaction this node did not send");
        listeners.tell(tx, row.id());
      }
      List<Row> confirmed = table.confirm(tx, certain, BATCH * 4);
      for (Row row : confirmed) {
        listeners.tell(tx, row.id());
      }
      table.settle(tx, certain - config.watch());
      table.head(tx, look.head());
      return found.size() + lost.size() + confirmed.size();
    });
  }

  private boolean stayedAway(Row row, Look look) {
    long since = unexplained.computeIfAbsent(row.id(), any -> look.head().number());
    return config.finality().certain(rpc, look.head()) > since;
  }
}

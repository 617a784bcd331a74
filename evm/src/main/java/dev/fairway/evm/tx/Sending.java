package dev.fairway.evm.tx;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.evm.Watch;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcError;
import dev.fairway.evm.rpc.RpcRequest;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.sign.UnsignedTransaction;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Gives nonces in order, signs, sends, and sends again: what is stuck with higher fees, what was given up as an empty
 * transfer to oneself. For the thread that takes the turns; all it keeps can be lost, since a new leader sends everything
 * again.
 */
final class Sending {
  private static final Logger LOG = LoggerFactory.getLogger(Sending.class);
  /** Few enough that signing and writing some takes about as long as a node needs to take in those before. */
  private static final int BATCH = 100;
  private static final int RESENT_AT_ONCE = 400;
  private static final long CANCEL_GAS = 21_000;
  /** How many patiences a transaction's fees stay while the chain makes no block. */
  private static final int PATIENCES = 10;

  private final Store store;
  private final EthereumRpc rpc;
  private final Signer signer;
  private final TransactionsConfig config;
  private final long chain;
  private final TransactionTable table;
  private final Watch watch;
  private final Lookout lookout;
  private final GasEstimates gas;
  private final Trouble trouble;
  private final Set<Long> resend = new LinkedHashSet<>();
  private final Set<Long> raise = new LinkedHashSet<>();
  /** When a transaction's fees were last raised, by its id. */
  private final Map<Long, Raised> raised = new HashMap<>();

  /** @param head the newest block there was */
  private record Raised(long head, Instant at) {}

  Sending(Store store, EthereumRpc rpc, Signer signer, TransactionsConfig config, long chain, TransactionTable table,
      Watch watch, Lookout lookout, GasEstimates gas, Trouble trouble) {
    this.store = store;
    this.rpc = rpc;
    this.signer = signer;
    this.config = config;
    this.chain = chain;
    this.table = table;
    this.watch = watch;
    this.lookout = lookout;
    this.gas = gas;
    this.trouble = trouble;
  }

  /** What is to be sent again as it is, by id. */
  Set<Long> resend() {
    return resend;
  }

  /** For one that has lost its lease: what it was about to do, another may have done since. */
  void forget() {
    resend.clear();
    raise.clear();
    raised.clear();
  }

  /** Whatever the leader before us signed may not have been sent. */
  void takeOver() {
    store.read(view -> table.list(view, " AND t.state = 'sent' ORDER BY t.nonce", 10_000))
        .forEach(row -> resend.add(row.id()));
  }

  /** Signs what is to be replaced; nothing of it is sent yet. */
  List<TransactionTable.Form> replacements(Look look) {
    List<TransactionTable.Form> forms = new ArrayList<>();
    replace(look, forms);
    return forms;
  }

  /** Gives nonces to some of what was recorded, in the order it was recorded, and signs it; nothing of it is sent yet. */
  List<TransactionTable.Form> next(Look look) {
    List<TransactionTable.Form> forms = new ArrayList<>();
    assign(look, forms);
    return forms;
  }

  /** Cancels what was given up and raises the fees of what is stuck. */
  private void replace(Look look, List<TransactionTable.Form> forms) {
    List<Row> abandoned = store.read(view -> table.list(view,
        " AND t.state = 'sent' AND t.abandoned IS NOT NULL AND t.nonce >= ? ORDER BY t.nonce", 100, look.count()));
    for (Row row : abandoned) {
      if (!row.cancels()) {
        forms.add(form(row, row.nonce(), look, true));
      }
    }
    long patience = Row.micros(look.now().minus(config.patience()));
    List<Row> stuck = store.read(view -> table.list(view,
        " AND t.state = 'sent' AND t.nonce >= ? AND t.sent_at < ? ORDER BY t.nonce", 64, look.count(), patience));
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
    standstill(look, stuck);
    for (Row row : stuck) {
      if (!taken.add(row.id())) {
        continue;
      }
      boolean giveUp = row.abandoned().isEmpty() && row.recordedAt().isBefore(look.now().minus(config.giveUp()));
      boolean tooCheap = row.fees().map(fees -> fees.ceiling().compareTo(look.fees().ceiling()) < 0).orElse(false);
      if (giveUp) {
        watch.write(tx -> {
          table.abandoned(tx, row.id(), "it was not mined within " + config.giveUp());
          return true;
        });
        forms.add(form(row, row.nonce(), look, true));
      } else if ((row.nonce() == look.count() || tooCheap) && row.sentAt() > 0 && mayRaise(row, look)
          && known(row)) {
        raiseOrResend(row, look, forms);
      } else {
        resend.add(row.id());
      }
    }
    fillGap(look);
  }

  /**
   * A chain at a standstill mines nothing, however much is offered. But one that makes no empty blocks looks the same while
   * all that waits is too cheap for it, hence seldom rather than never.
   */
  private boolean mayRaise(Row row, Look look) {
    Raised last = raised.get(row.id());
    return last == null || last.head() != look.head().number()
        || last.at().plus(config.patience().multipliedBy(PATIENCES)).isBefore(look.now());
  }

  private void standstill(Look look, List<Row> stuck) {
    raised.values().removeIf(last -> last.head() != look.head().number());
    if (raised.isEmpty()) {
      trouble.over(Trouble.Kind.STANDSTILL);
    } else if (!stuck.stream().allMatch(row -> mayRaise(row, look))) {
      trouble.is(Trouble.Kind.STANDSTILL,
          "chain %d makes no block after %d though transactions wait: nonce %d was offered more, and fees are raised again only seldom before the next block"
              .formatted(chain, look.head().number(), look.count()));
    }
  }

  private void raiseOrResend(Row row, Look look, List<TransactionTable.Form> forms) {
    TransactionTable.Form form = form(row, row.nonce(), look, row.cancels());
    if (row.fees().isPresent() && form.fees().ceiling().compareTo(row.fees().get().ceiling()) <= 0) {
      // At the configured limit: all that is left is to keep it known.
      resend.add(row.id());
      return;
    }
    LOG.info("transaction replaced chain={} nonce={} offers={}", chain, row.nonce(), form.fees().ceiling());
    raised.put(row.id(), new Raised(look.head().number(), look.now()));
    forms.add(form);
  }

  private boolean known(Row row) {
    JsonNode answer = rpc.call("eth_getTransactionByHash", row.hash().orElseThrow().hex());
    return !answer.isNull();
  }

  /** A nonce nobody used holds up all later ones: a foreign transaction that a fork took, or a chain set back. */
  private void fillGap(Look look) {
    Optional<Row> lowest = store.read(
        view -> table.list(view, " AND t.state = 'sent' AND t.nonce >= ? ORDER BY t.nonce", 1, look.count())).stream()
        .findFirst();
    boolean gap = lowest.isPresent() && lowest.get().nonce() > look.count() && look.pending() == look.count()
        && lowest.get().sentAt() < Row.micros(look.now().minus(config.patience()));
    if (gap && store.read(view -> table.list(view, " AND t.nonce = ?", 1, look.count())).isEmpty()) {
      LOG.warn("nonce gap filled chain={} nonce={}", chain, look.count());
      watch.write(tx -> {
        table.plug(tx, look.count());
        return true;
      });
    }
  }

  private TransactionTable.Form form(Row row, long nonce, Look look, boolean cancels) {
    Fees fees = row.fees().map(before -> lookout.capped(higher(before.raised(config.raise()), look.fees())))
        .orElse(look.fees());
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

  private void assign(Look look, List<TransactionTable.Form> forms) {
    if (!look.affordable()) {
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
    long highest = store.read(view -> table.number(view, "COALESCE(MAX(t.nonce), -1)", " AND t.nonce IS NOT NULL"));
    long nonce = Math.max(highest + 1, look.pending());
    for (Row row : gas.estimated(recorded, look)) {
      forms.add(form(row, nonce++, look, false));
    }
  }

  /** What is on its way to the node. */
  final class Flight {
    private final List<Long> ids;
    private final int fresh;
    private final FutureTask<List<RpcAnswer>> answers;

    private Flight(Map<Long, String> raws, int fresh) {
      this.ids = List.copyOf(raws.keySet());
      this.fresh = fresh;
      List<RpcRequest> calls = raws.values().stream().map(raw -> RpcRequest.of("eth_sendRawTransaction", raw)).toList();
      this.answers = new FutureTask<>(() -> rpc.batch(calls));
      Thread.ofVirtual().name("evm-send").start(answers);
    }

    /** Waits for the answers and notes what they ask for; how many were sent for the first time. */
    int land() throws InterruptedException {
      List<RpcAnswer> told;
      try {
        told = answers.get();
      } catch (InterruptedException e) {
        answers.cancel(true);
        resend.addAll(ids);
        throw e;
      } catch (ExecutionException e) {
        resend.addAll(ids);
        throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
      }
      boolean poor = false;
      for (int i = 0; i < ids.size(); i++) {
        if (told.get(i) instanceof RpcAnswer.Failed(var error)) {
          poor |= refusedBySend(ids.get(i), error);
        }
      }
      if (!poor && !ids.isEmpty()) {
        trouble.over(Trouble.Kind.FUNDS);
      }
      return fresh;
    }
  }

  /** What is written counts as sent in the table, hence as unsent here until it is on its way. */
  void written(List<TransactionTable.Form> forms) {
    forms.forEach(form -> resend.add(form.row().id()));
  }

  /** Begins to send what was just signed and written, and again what may not have arrived. */
  Flight send(List<TransactionTable.Form> forms) {
    Map<Long, String> fresh = new LinkedHashMap<>();
    forms.forEach(form -> fresh.put(form.row().id(), form.signed().raw()));
    Map<Long, String> raws = again(fresh.keySet());
    raws.putAll(fresh);
    Flight flight = new Flight(raws, forms.size());
    resend.removeAll(raws.keySet());
    return flight;
  }

  private Map<Long, String> again(Set<Long> besides) {
    List<Long> due = resend.stream().filter(id -> !besides.contains(id)).limit(RESENT_AT_ONCE).toList();
    Map<Long, String> raws = due.isEmpty() ? new LinkedHashMap<>() : store.read(view -> open(view, due));
    due.stream().filter(id -> !raws.containsKey(id)).forEach(resend::remove);
    if (!raws.isEmpty()) {
      Set<Long> ids = Set.copyOf(raws.keySet());
      watch.write(tx -> {
        table.touched(tx, ids, tx.now());
        return true;
      });
    }
    return raws;
  }

  /** The bytes of those that are still open, in the order of nonces, since a node may refuse one that comes too early. */
  private Map<Long, String> open(View view, List<Long> ids) throws SQLException {
    List<Row> rows = new ArrayList<>();
    for (long id : ids) {
      table.byId(view, id).filter(row -> row.state().equals(Row.SENT)).filter(row -> row.hash().isPresent())
          .ifPresent(rows::add);
    }
    rows.sort(Comparator.comparingLong(Row::nonce));
    Map<Long, String> raws = new LinkedHashMap<>();
    for (Row row : rows) {
      table.raw(view, row.hash().orElseThrow()).ifPresent(raw -> raws.put(row.id(), raw));
    }
    return raws;
  }

  private boolean refusedBySend(long id, RpcError error) {
    switch (SendError.of(error)) {
      case KNOWN -> {
        // The chain will tell.
      }
      case UNDERPRICED -> raise.add(id);
      case TOO_EARLY -> resend.add(id);
      case POOR -> {
        trouble.is(Trouble.Kind.FUNDS,
            "account " + signer.address() + " cannot pay for its transactions: " + error.message());
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
}

package dev.fairway.datatrust.task;

import dev.fairway.core.store.Transaction;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.evm.Address;
import dev.fairway.evm.tx.TransactionRequest;
import dev.fairway.evm.tx.TransactionState;
import dev.fairway.evm.tx.Transactions;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node sends to the market's contracts: each as a task with a recorded transaction, so it is sent once whatever
 * crashes and its end is known. Only calls of this market's contracts go out.
 */
public final class Outgoing {
  private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

  private final Transactions transactions;
  private final Tasks tasks;
  private final DatatrustConfig config;
  private final String purpose;
  private final Map<Task.Kind, Ended> listeners = new EnumMap<>(Task.Kind.class);

  /** Is told when a task of its kind has ended, in the transaction that says so. */
  @FunctionalInterface
  public interface Ended {
    /** @param task as it now is */
    void ended(Transaction tx, Task task) throws SQLException;
  }

  public Outgoing(Transactions transactions, Tasks tasks, DatatrustConfig config) {
    this.transactions = transactions;
    this.tasks = tasks;
    this.config = config;
    this.purpose = config.named("datatrust");
    transactions.onChange(purpose, this::changed);
  }

  /** To be set before anything is sent. */
  public void onEnd(Task.Kind kind, Ended listener) {
    listeners.put(kind, listener);
  }

  /** The account that sends. */
  public Address account() {
    return transactions.account();
  }

  /** What keeps it from sending, in words for an operator. */
  public Optional<String> trouble() {
    return transactions.trouble();
  }

  /**
   * Sends a call for a task, together with whatever else the step writes.
   *
   * @param key names the call; asking again with the same changes nothing
   */
  public void send(Transaction tx, Task task, String key, Address contract, String data) throws SQLException {
    send(tx, task, key, contract, data, OptionalLong.empty());
  }

  /** @param gas the most it may use; estimated when not given, and refused when the estimate shows that it would revert */
  public void send(Transaction tx, Task task, String key, Address contract, String data, OptionalLong gas)
      throws SQLException {
    if (!config.contracts().byName().containsValue(contract)) {
      throw new IllegalStateException(contract + " is no contract of market " + config.market());
    }
    TransactionRequest call = TransactionRequest.call(config.market() + " " + key, purpose, contract, data);
    long id = transactions.record(tx, gas.isPresent() ? call.gasLimit(gas.getAsLong()) : call);
    tasks.sends(tx, task.id(), id);
  }

  /** The recorded transaction of a task is waited for until it is signed; whether it was. */
  public boolean awaitSent(Task task, java.time.Duration limit) throws InterruptedException {
    return task.transaction().isPresent()
        && transactions.awaitHash(task.transaction().getAsLong(), limit).isPresent();
  }

  private void changed(Transaction tx, long id, TransactionState state) throws SQLException {
    Optional<Task> task = tasks.byTransaction(tx, id);
    if (task.isEmpty()) {
      return;
    }
    switch (state) {
      case TransactionState.Recorded _ -> {
        // The task says so already.
      }
      case TransactionState.Sent _ -> become(tx, task.get(), TaskState.SUBMITTED, Optional.empty(), Optional.empty());
      case TransactionState.Mined _ -> become(tx, task.get(), TaskState.MINED, Optional.empty(), Optional.empty());
      case TransactionState.Confirmed(var hash, var _, var _, var _) ->
        become(tx, task.get(), TaskState.CONFIRMED, Optional.of(hash.hex()), Optional.empty());
      case TransactionState.Reverted(var hash, var _, var reason) ->
        become(tx, task.get(), TaskState.REVERTED, Optional.empty(), Optional.of(hash + ": " + reason));
      case TransactionState.Refused(var reason) ->
        become(tx, task.get(), TaskState.FAILED, Optional.empty(), Optional.of(reason));
      case TransactionState.Cancelled(var why) ->
        become(tx, task.get(), TaskState.DROPPED, Optional.empty(), Optional.of(why));
      case TransactionState.Lost(var why) ->
        become(tx, task.get(), TaskState.DROPPED, Optional.empty(), Optional.of(why));
    }
  }

  private void become(Transaction tx, Task task, TaskState state, Optional<String> result, Optional<String> reason)
      throws SQLException {
    tasks.becomes(tx, task.id(), state, result, reason);
    if (state == task.state()) {
      return;
    }
    reason.ifPresent(why -> LOG.warn("task failed market={} kind={} task={} state={} why={}", config.market(),
        task.kind(), task.id(), state, why));
    Ended listener = listeners.get(task.kind());
    Optional<Task> now = tasks.find(tx, task.id());
    if (state.last() && listener != null && now.isPresent()) {
      listener.ended(tx, now.get());
    }
  }
}

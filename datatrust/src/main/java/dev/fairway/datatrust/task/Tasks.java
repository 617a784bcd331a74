package dev.fairway.datatrust.task;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.evm.Address;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.store.JsonCodec;
import dev.fairway.store.workers.Handlers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Tasks: noted before they are answered with, worked on by the spine, and kept after their end. A task that waits for a
 * transaction ends when that is certain, has reverted, or does not come in time. Safe for many threads.
 */
public final class Tasks {
  /** How long work on a task may go on altogether; what it waits for is bounded more closely. */
  private static final RetryPolicy PATIENT = new RetryPolicy(1_000, Duration.ofDays(7), Duration.ofMillis(200),
      Duration.ofMinutes(1));
  private static final int LONGEST = 1_000;

  private final Store store;
  private final EthereumRpc rpc;
  private final DatatrustConfig config;
  private final TaskTable table;
  private final WorkKind<Payload> watch;

  /** Names a task to work on. */
  public record Payload(String task) {
    public UUID id() {
      return UUID.fromString(task);
    }
  }

  public Tasks(Store store, EthereumRpc rpc, DatatrustConfig config, Handlers handlers) {
    this.store = store;
    this.rpc = rpc;
    this.config = config;
    this.table = new TaskTable(config.market());
    this.watch = kind(config, "datatrust.watch");
    handlers.add(watch, new Watching());
  }

  /** A kind of work on tasks, as patient as the chain asks for. */
  public static WorkKind<Payload> kind(DatatrustConfig config, String name) {
    return WorkKind.of(config.named(name), JsonCodec.of(Payload.class)).withRetry(PATIENT);
  }

  public Optional<Task> find(UUID id) {
    return store.read(view -> table.find(view, id));
  }

  public List<Task> recent(int limit) {
    return store.read(view -> table.recent(view, limit));
  }

  /** How many tasks from before a time have not ended. */
  public long openSince(Instant before) {
    return store.read(view -> table.openSince(view, before));
  }

  /** Watches a transaction; the same task when it is watched already. The text may be anything. */
  public UUID watch(String text) {
    String known = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    return store.write(tx -> {
      Optional<Task> before = table.watching(tx, known);
      if (before.isPresent()) {
        return before.get().id();
      }
      Task task = add(tx, Task.Kind.WATCH, Optional.of(known), Optional.empty(), Optional.empty(), Optional.empty());
      tx.enqueue(NewWork.of(watch, new Payload(task.id().toString())));
      return task.id();
    });
  }

  /** Notes a task. */
  public Task add(Transaction tx, Task.Kind kind, Optional<String> watched, Optional<Hash> listing,
      Optional<Address> owner, Optional<Hash> delivery) {
    Task task = new Task(UUID.randomUUID(), kind, watched, listing, owner, delivery, OptionalLong.empty(),
        TaskState.QUEUED, Optional.empty(), Optional.empty(), tx.now(), tx.now());
    table.insert(tx, task);
    return task;
  }

  public Optional<Task> find(Transaction tx, UUID id) {
    return table.find(tx, id);
  }

  /** Whether a task of a kind about a purchase has not ended. */
  public boolean underWay(Transaction tx, Task.Kind kind, Hash delivery) {
    return table.underWay(tx, kind, delivery);
  }

  Optional<Task> byTransaction(Transaction tx, long transaction) {
    return table.byTransaction(tx, transaction);
  }

  void sends(Transaction tx, UUID id, long transaction) {
    table.sends(tx, id, transaction);
  }

  void becomes(Transaction tx, UUID id, TaskState state, Optional<String> result, Optional<String> reason) {
    table.becomes(tx, id, state, result, reason);
  }

  /** Ends a task whose aim was reached before it. */
  public void confirm(Transaction tx, UUID id) {
    table.becomes(tx, id, TaskState.CONFIRMED, Optional.empty(), Optional.empty());
  }

  /** Ends a task that cannot be done. */
  public void fail(Transaction tx, UUID id, TaskState state, String why) {
    table.becomes(tx, id, state, Optional.empty(), Optional.of(why));
  }

  /** Forgets watches that ended before a time. */
  public int forget(Instant before) {
    return store.write(tx -> table.forget(tx, before));
  }

  /** What has become of a transaction somebody else sent. */
  public sealed interface Watched {
    /** Not mined, or not certain yet. */
    record Waiting(boolean mined) implements Watched {}

    record Certain(Receipt receipt) implements Watched {}

    /** It will not come, or has reverted. */
    record Failed(TaskState state, String why) implements Watched {}
  }

  /** Looks at a transaction that was to be mined within the configured time from then on. */
  public Watched look(String text, Instant since, Instant now) {
    Hash hash;
    try {
      hash = new Hash(text);
    } catch (IllegalArgumentException e) {
      return new Watched.Failed(TaskState.FAILED, "\"" + text + "\" is not the hash of a transaction");
    }
    Optional<Receipt> receipt = rpc.receipt(hash);
    if (receipt.isPresent()) {
      Finality finality = config.finality();
      if (finality.certain(rpc, rpc.head()) < receipt.get().blockNumber()) {
        return new Watched.Waiting(true);
      }
      return receipt.get().succeeded()
          ? new Watched.Certain(receipt.get())
          : new Watched.Failed(TaskState.REVERTED, "transaction " + hash + " has reverted");
    }
    return now.isAfter(since.plus(config.watchLimit()))
        ? new Watched.Failed(TaskState.TIMED_OUT,
            "Transaction mining time has exceeded the timeout of " + config.watchLimit().toSeconds())
        : new Watched.Waiting(false);
  }

  /** A handler's answer while it waits. */
  public Outcome later(Task task, Watched.Waiting waiting) {
    boolean news = waiting.mined() && task.state() == TaskState.QUEUED;
    return new Outcome.Later(config.poll(), "not certain yet",
        news ? tx -> becomes(tx, task.id(), TaskState.MINED, Optional.empty(), Optional.empty()) : Outcome.NOTHING);
  }

  private final class Watching implements WorkHandler<Payload> {
    @Override
    public Outcome run(Delivery<Payload> delivery) {
      Optional<Task> found = find(delivery.payload().id());
      if (found.isEmpty() || found.get().state().last()) {
        return Outcome.gone("the task has ended");
      }
      Task task = found.get();
      String text = task.watched().orElse("");
      return switch (look(text, task.createdAt(), store.read(view -> view.now()))) {
        case Watched.Waiting waiting -> later(task, waiting);
        case Watched.Certain(var receipt) -> Outcome.done(tx -> becomes(tx, task.id(), TaskState.CONFIRMED,
            Optional.of(receipt.transaction().hex()), Optional.empty()));
        case Watched.Failed(var state, var why) -> Outcome.done(tx -> fail(tx, task.id(), state, why));
      };
    }

    @Override
    public void onDead(Transaction tx, Delivery<Payload> delivery, String why) throws SQLException {
      fail(tx, delivery.payload().id(), TaskState.FAILED, why);
    }
  }
}

package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** The lane of an integration's ticks and messages, and what there is to count about it. Safe for many threads. */
final class Lane {
  static final int QUEUE_SIZE = 512;
  /* So many messages before the bound, those who put one do so one after another. */
  private static final int MARGIN = 128;
  private static final int MESSAGE_LIMIT = 1 << 20;

  private final RunningIntegration integration;
  private final RunningIntegration.Shared shared;
  private final Map<String, Long> lastTicks = new ConcurrentHashMap<>();
  private final AtomicInteger beingPut = new AtomicInteger();
  /* A bound on what has been put and waits, on a store that is this process's own; the store's one writer alone sets it. */
  private int atMost = QUEUE_SIZE;
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicLong total = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong missedTicks = new AtomicLong();

  Lane(RunningIntegration integration, RunningIntegration.Shared shared) {
    this.integration = integration;
    this.shared = shared;
  }

  /** How many messages and due ticks wait, of all processes. */
  long pending() {
    return shared.store().read(this::waiting);
  }

  /* Of what comes in an order one is let in at a time, scheduled for now, and the others stand behind it: all of them wait. */
  private int waiting(View view) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement("""
        SELECT count(*) FROM (
          SELECT 1 FROM work WHERE kind = ? AND state = 'ready'
          UNION ALL SELECT 1 FROM work WHERE kind = ? AND work_key IS NOT NULL AND state = 'behind'
          UNION ALL SELECT 1 FROM work WHERE kind = ? AND state = 'scheduled' AND due <= ?
          LIMIT ?) AS waiting""")) {
      String kind = integration.lanes().lane().name();
      for (int i = 1; i <= 3; i++) {
        statement.setString(i, kind);
      }
      statement.setLong(4, ChronoUnit.MICROS.between(Instant.EPOCH, shared.clock().instant()));
      statement.setInt(5, QUEUE_SIZE);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  long total() {
    return total.get();
  }

  long skipped() {
    return skipped.get();
  }

  long missedTicks() {
    return missedTicks.get();
  }

  /** Does a tick or a message. */
  Outcome run(Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    Payloads.LaneDelivery payload = delivery.payload();
    return payload.what().equals(Payloads.LaneDelivery.TICK) ? tick(payload.name(), delivery) : message(delivery);
  }

  private Outcome tick(String label, Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    Registrations.Timer timer = integration.registrations().timers.get(label);
    if (timer == null) {
      return Outcome.gone("no timer " + label + " in this version of " + integration.id());
    }
    if (delivery.dryRun()) {
      return DryRun.wouldSend(
          integration.called(timer.counters(), timer.handler()::handle));
    }
    Instant now = shared.clock().instant();
    Long before = lastTicks.put(label, now.toEpochMilli());
    if (before != null) {
      missedTicks.addAndGet(Math.max(0, (now.toEpochMilli() - before) / timer.period().toMillis() - 1));
    }
    total.incrementAndGet();
    Response response;
    try {
      response = integration.called(timer.counters(), timer.handler()::handle);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // The next tick is the next try.
      return Outcome.later(timer.period(), "tick failed: " + e);
    }
    String purpose = "tick-" + delivery.id() + "-" + now;
    return new Outcome.Later(timer.period(), "next tick", tx -> integration.commands().send(tx, label,
        CommandSender.commands(response), purpose));
  }

  private Outcome message(Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    Payloads.LaneDelivery payload = delivery.payload();
    Registrations.Queue queue = integration.registrations().queues.get(payload.name());
    if (queue == null) {
      return Outcome.fail("no queue " + payload.name() + " in this version of " + integration.id());
    }
    Attempt attempt = RunningIntegration.attempt(delivery);
    Response response = integration.called(queue.counters(), () -> queue.handler().handle(payload.body(), attempt));
    if (delivery.dryRun()) {
      return DryRun.wouldSend(response);
    }
    return Outcome.done(tx -> integration.commands().send(tx, payload.name(), CommandSender.commands(response),
        "message-" + delivery.id()));
  }

  /** Puts a message on a queue; when this returns it survives a crash. */
  void put(String queue, String message) {
    Map<String, Registrations.Queue> queues = integration.registrations().queues;
    if (!queues.containsKey(queue)) {
      throw new FairwayException(ErrorCode.NOT_FOUND,
          "Unknown queue: " + queue + " (valid: " + queues.keySet() + ")");
    }
    if (message.length() > MESSAGE_LIMIT || message.getBytes(StandardCharsets.UTF_8).length > MESSAGE_LIMIT) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "a message may have " + MESSAGE_LIMIT + " bytes");
    }
    DryRun.holdBack("put a message on the queue " + queue);
    total.incrementAndGet();
    NewWork<Payloads.LaneDelivery> work = integration.lanes().message(queue, message);
    beingPut.incrementAndGet();
    try {
      if (!putFarFromBound(work)) {
        putInTurn(work);
      }
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.BUSY) {
        skipped.incrementAndGet();
      }
      throw e;
    } finally {
      beingPut.decrementAndGet();
    }
  }

  private boolean putFarFromBound(NewWork<?> work) {
    return shared.store().write(tx -> {
      boolean far = waitingAtMost(tx) < QUEUE_SIZE - MARGIN;
      if (far) {
        tx.enqueue(work);
      }
      return far;
    });
  }

  /* Where nobody else can put anything, what waited when it was last counted and what has been put since is a bound on what
   * is put, and while that is low there is no need to count again. What an operator releases and what is tried again add to
   * it, and are noticed at the next count. Writes that are committed together do not see each other's messages, so those
   * under way here count too; those under way in another process are what the margin is for. */
  private int waitingAtMost(Transaction tx) throws SQLException {
    if (tx.dialect() != Dialect.SQLITE) {
      return waiting(tx) + beingPut.get();
    }
    atMost = atMost + 1 < QUEUE_SIZE - MARGIN ? atMost + 1 : waiting(tx) + beingPut.get();
    return atMost;
  }

  private void putInTurn(NewWork<?> work) {
    turn.lock();
    try {
      shared.store().run(tx -> {
        Sql.lock(tx, integration.lanes().lane().name());
        if (waiting(tx) >= QUEUE_SIZE) {
          throw full();
        }
        tx.enqueue(work);
      });
    } finally {
      turn.unlock();
    }
  }

  private static FairwayException full() {
    return new FairwayException(ErrorCode.BUSY,
        "Work queue overrun, skipping event: " + QUEUE_SIZE + " are waiting");
  }

  /**
   * Puts a message on a queue with whatever else the transaction does, which may be more messages: all of them find room
   * where there is room for one.
   *
   * @param stream messages of one come one after another, in the order they were put
   * @throws FairwayException with {@code BUSY} when there is none
   */
  void take(Transaction tx, String queue, Optional<String> stream, String message) throws SQLException {
    if (waiting(tx) >= QUEUE_SIZE) {
      throw full();
    }
    // Not before the commit: a put that is committed together with this counts, and does not see it.
    tx.afterCommit(() -> atMost = QUEUE_SIZE);
    NewWork<Payloads.LaneDelivery> work = integration.lanes().message(queue, message);
    tx.enqueue(stream.map(work::key).orElse(work));
  }
}

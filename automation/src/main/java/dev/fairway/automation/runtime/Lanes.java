package dev.fairway.automation.runtime;

import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.JsonCodec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kinds of work of one integration. Each handler has a kind of its own, so that what one of them leaves waiting, or
 * hangs in, holds up nobody else; timers and queues share one. With transaction handlers, all ledger handlers share one
 * too, in strict order, because begin, contracts and end belong together.
 */
final class Lanes {
  /**
   * So many messages are taken from a lane at once; those taken no longer count as waiting. One where there are timers: a tick
   * would wait for the end of the row before it.
   */
  static final int ROW = 64;
  private static final Duration AGE = Duration.ofDays(1);
  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final Duration MAX_DELAY = Duration.ofMinutes(5);
  /* A timer's work waits all its life and never grows too old. */
  private static final Duration ALWAYS = Duration.ofDays(36_500);

  private final Map<String, WorkKind<Payloads.LedgerDelivery>> ledgerKinds = new LinkedHashMap<>();
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final WorkKind<Payloads.LaneDelivery> lane;

  Lanes(String integration, Registrations registrations) {
    this.lane = WorkKind.of("automation." + integration + ".lane", JsonCodec.of(Payloads.LaneDelivery.class))
        .inRowsOf(registrations.timers.isEmpty() ? ROW : 1)
        .withRetry(new RetryPolicy(5, ALWAYS, FIRST_DELAY, MAX_DELAY));
    boolean together = !registrations.transactions.isEmpty();
    WorkKind<Payloads.LedgerDelivery> shared = kind(integration, "ledger", 5, AGE, 1);
    registrations.transactions.keySet().forEach(id -> {
      ledgerKinds.put(id, shared);
      keys.put(id, "ledger");
    });
    registrations.contracts.forEach((id, handler) -> {
      ledgerKinds.put(id, together ? shared : kind(integration, id, handler.attempts(), AGE, handler.concurrency()));
      if (together || handler.inOrder()) {
        keys.put(id, together ? "ledger" : id);
      }
    });
    registrations.requests.forEach((id, handler) -> ledgerKinds.put(id,
        kind(integration, id, handler.attempts(), handler.age(), handler.concurrency())));
  }

  private static WorkKind<Payloads.LedgerDelivery> kind(String integration, String name, int attempts, Duration age,
      int concurrency) {
    return WorkKind.of("automation." + integration + "." + name, JsonCodec.of(Payloads.LedgerDelivery.class))
        .withConcurrency(concurrency).withRetry(new RetryPolicy(attempts, age, FIRST_DELAY, MAX_DELAY));
  }

  Iterable<WorkKind<Payloads.LedgerDelivery>> ledgerKinds() {
    return ledgerKinds.values().stream().distinct().toList();
  }

  WorkKind<Payloads.LaneDelivery> lane() {
    return lane;
  }

  NewWork<Payloads.LedgerDelivery> ledger(String handler, Payloads.LedgerDelivery delivery) {
    WorkKind<Payloads.LedgerDelivery> kind = ledgerKinds.get(handler);
    if (kind == null) {
      throw new IllegalStateException("no handler " + handler);
    }
    NewWork<Payloads.LedgerDelivery> work = NewWork.of(kind, delivery);
    String key = keys.get(handler);
    return key == null ? work : work.key(key);
  }

  NewWork<Payloads.LaneDelivery> tick(String label, Duration period) {
    return NewWork.of(lane, new Payloads.LaneDelivery(Payloads.LaneDelivery.TICK, label, "")).after(period)
        .unique("tick:" + label);
  }

  NewWork<Payloads.LaneDelivery> message(String queue, String message) {
    return NewWork.of(lane, new Payloads.LaneDelivery(Payloads.LaneDelivery.MESSAGE, queue, message));
  }
}

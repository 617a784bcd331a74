package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The lane of an integration's ticks and messages, and what there is to count about it. Safe for many threads. */
final class Lane {
  static final int QUEUE_SIZE = 512;
  private static final int MESSAGE_LIMIT = 1 << 20;

  private final RunningIntegration integration;
  private final RunningIntegration.Shared shared;
  private final Map<String, Long> lastTicks = new ConcurrentHashMap<>();
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong total = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong missedTicks = new AtomicLong();

  Lane(RunningIntegration integration, RunningIntegration.Shared shared) {
    this.integration = integration;
    this.shared = shared;
  }

  long pending() {
    return Math.max(0, pending.get());
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
    Instant now = shared.clock().instant();
    Long before = lastTicks.put(label, now.toEpochMilli());
    if (before != null) {
      missedTicks.addAndGet(Math.max(0, (now.toEpochMilli() - before) / timer.period().toMillis() - 1));
    }
    total.incrementAndGet();
    Response response;
    try {
      response = integration.called(timer.counters(), RunningIntegration.HANDLER_LIMIT, timer.handler()::handle);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // The next tick is the next try.
      return Outcome.later(timer.period(), "tick failed: " + e);
    }
    String purpose = "tick-" + delivery.id() + "-" + now;
    return new Outcome.Later(timer.period(), "next tick", tx -> integration.send(tx, label,
        RunningIntegration.orNone(response).commands(), purpose, RunningIntegration.NO_ORIGIN, ""));
  }

  private Outcome message(Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    Payloads.LaneDelivery payload = delivery.payload();
    Registrations.Queue queue = integration.registrations().queues.get(payload.name());
    if (queue == null) {
      return Outcome.fail("no queue " + payload.name() + " in this version of " + integration.id());
    }
    if (delivery.attempt() == 1) {
      pending.updateAndGet(n -> Math.max(0, n - 1));
    }
    var attempt = new Attempt(delivery.idempotencyKey(), delivery.attempt(), delivery.maybeDone());
    Response response = integration.called(queue.counters(), RunningIntegration.HANDLER_LIMIT,
        () -> queue.handler().handle(payload.body(), attempt));
    return Outcome.done(tx -> integration.send(tx, payload.name(), RunningIntegration.orNone(response).commands(),
        "message-" + delivery.id(), RunningIntegration.NO_ORIGIN, ""));
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
    total.incrementAndGet();
    if (pending.incrementAndGet() > QUEUE_SIZE) {
      pending.decrementAndGet();
      skipped.incrementAndGet();
      throw new FairwayException(ErrorCode.BUSY, "Work queue overrun, skipping event: " + QUEUE_SIZE + " are waiting");
    }
    try {
      shared.store().run(tx -> tx.enqueue(integration.lanes().message(queue, message)));
    } catch (RuntimeException e) {
      pending.decrementAndGet();
      throw e;
    }
  }
}

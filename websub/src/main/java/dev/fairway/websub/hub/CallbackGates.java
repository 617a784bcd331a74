package dev.fairway.websub.hub;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/** A gate for each callback that is being called. Safe for many threads; forgets callbacks that are well. */
final class CallbackGates {
  private static final int SWEEP_ABOVE = 10_000;

  private final ConcurrentHashMap<String, CallbackGate> gates = new ConcurrentHashMap<>();
  private final InstantSource clock;

  CallbackGates(InstantSource clock) {
    this.clock = clock;
  }

  /** Enters the callback's gate, if need be after a short wait. */
  CallbackGate.Entry enter(String callback) throws InterruptedException {
    Instant now = clock.instant();
    if (gates.size() > SWEEP_ABOVE) {
      gates.values().removeIf(gate -> gate.idle(now));
    }
    // Inside compute, so that a sweep cannot forget the gate between finding and entering it.
    CallbackGate gate = gates.compute(callback, (_, known) -> {
      CallbackGate found = known == null ? new CallbackGate() : known;
      found.comes();
      return found;
    });
    try {
      return gate.enter(clock);
    } finally {
      gate.left();
    }
  }

  Instant now() {
    return clock.instant();
  }

  void leave(String callback, boolean success, Duration took) {
    gates.computeIfPresent(callback, (_, gate) -> {
      gate.leave(success, took, clock.instant());
      return gate;
    });
  }
}

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

  CallbackGate.Entry enter(String callback) {
    Instant now = clock.instant();
    if (gates.size() > SWEEP_ABOVE) {
      gates.values().removeIf(gate -> gate.idle(now));
    }
    // Inside compute, so that a sweep cannot forget the gate between finding and entering it.
    CallbackGate.Entry[] entry = new CallbackGate.Entry[1];
    gates.compute(callback, (_, known) -> {
      CallbackGate gate = known == null ? new CallbackGate() : known;
      entry[0] = gate.enter(now);
      return gate;
    });
    return entry[0];
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

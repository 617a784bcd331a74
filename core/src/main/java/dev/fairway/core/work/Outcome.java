package dev.fairway.core.work;

import dev.fairway.core.store.Store;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How an attempt ended. The effect, if any, is written in the same transaction that settles the work, so that both
 * happen or neither.
 */
public sealed interface Outcome {
  Store.Effect NOTHING = tx -> {};

  Store.Effect effect();

  /** Settled for good. */
  record Done(Store.Effect effect) implements Outcome {}

  /** Try again: after the time the other side asked for, or by the kind's policy. */
  record Retry(Optional<Duration> after, String why, Store.Effect effect) implements Outcome {}

  /** Sent, outcome not known; retried by policy, and the next delivery says {@link Delivery#maybeDone}. */
  record Unknown(String why, Store.Effect effect) implements Outcome {}

  /** Not a failure, not done: come back later without counting an attempt. Age is still bounded. */
  record Later(Duration after, String why, Store.Effect effect) implements Outcome {}

  /** Never going to work: set aside as a dead letter at once. */
  record Fail(String why, Store.Effect effect) implements Outcome {}

  /** What it was about is gone; settled without a dead letter. */
  record Gone(String why, Store.Effect effect) implements Outcome {}

  static Outcome done() {
    return new Done(NOTHING);
  }

  static Outcome done(Store.Effect effect) {
    return new Done(Objects.requireNonNull(effect));
  }

  static Outcome retry(String why) {
    return new Retry(Optional.empty(), why, NOTHING);
  }

  static Outcome retryAfter(Duration after, String why) {
    return new Retry(Optional.of(after), why, NOTHING);
  }

  static Outcome unknown(String why) {
    return new Unknown(why, NOTHING);
  }

  static Outcome later(Duration after, String why) {
    return new Later(after, why, NOTHING);
  }

  static Outcome fail(String why) {
    return new Fail(why, NOTHING);
  }

  static Outcome gone(String why) {
    return new Gone(why, NOTHING);
  }
}

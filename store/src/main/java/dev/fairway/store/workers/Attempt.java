package dev.fairway.store.workers;

import dev.fairway.core.FairwayException;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkQueue.Failure;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one piece of work: what the handler is given, and what becomes of the work after. Deciding is pure.
 *
 * @param delivery null when the payload could not be read
 */
record Attempt<P>(Handlers.Handling<P> handling, Lease lease, @Nullable Delivery<P> delivery, String unreadable) {
  static <P> Attempt<P> of(Handlers.Handling<P> handling, Lease lease) {
    try {
      P payload = handling.kind().codec().decode(lease.payload());
      return new Attempt<>(handling, lease, new Delivery<>(lease.id(), handling.kind(), lease.key(), payload,
          lease.attempt(), lease.previous(), lease.enqueuedAt(), false), "");
    } catch (RuntimeException e) {
      return new Attempt<>(handling, lease, null, "the payload cannot be read: " + e.getMessage());
    }
  }

  /** Runs the handler, unless the last attempt allowed ended in a crash. Never throws. */
  Outcome run() {
    Delivery<P> given = delivery;
    if (given == null) {
      return Outcome.fail(unreadable);
    }
    if (lease.attempt() > handling.kind().retry().maxAttempts()) {
      return Outcome.fail("gave up: attempt " + (lease.attempt() - 1) + " of "
          + handling.kind().retry().maxAttempts() + " was the last, and it never came to an end");
    }
    try {
      Outcome outcome = handling.handler().run(given);
      return outcome == null ? Outcome.fail("the handler of " + lease.kind() + " answered null") : outcome;
    } catch (FairwayException e) {
      return e.code().retriable() ? Outcome.retry(text(e)) : Outcome.fail(text(e));
    } catch (InterruptedException e) {
      return Outcome.unknown("interrupted");
    } catch (Throwable e) {
      return Outcome.retry(text(e));
    }
  }

  private static String text(Throwable e) {
    if (e instanceof FairwayException known) {
      return known.code() + ": " + known.getMessage();
    }
    return e.getMessage() == null ? e.getClass().getName() : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  Settlement settle(Outcome outcome, Instant now, RandomGenerator random) {
    return switch (outcome) {
      case Outcome.Done(var effect) -> new Settlement.Finish(lease, effect);
      case Outcome.Gone(var _, var effect) -> new Settlement.Finish(lease, effect);
      case Outcome.Fail(var why, var effect) -> bury(new Failure(FailureClass.PERMANENT, why), effect);
      case Outcome.Retry(var after, var why, var effect) ->
        again(new Failure(FailureClass.RETRY, why), after, effect, now, random);
      case Outcome.Unknown(var why, var effect) ->
        again(new Failure(FailureClass.AMBIGUOUS, why), Optional.empty(), effect, now, random);
      case Outcome.Later(var after, var why, var effect) -> now.plus(after).isAfter(lastMoment())
          ? bury(new Failure(FailureClass.RETRY, "not ready in time, " + age(now) + " after it was first due: " + why),
              effect)
          : new Settlement.Postpone(lease, now.plus(after), effect);
    };
  }

  private Settlement again(Failure failure, Optional<Duration> after, dev.fairway.core.store.Store.Effect effect,
      Instant now, RandomGenerator random) {
    RetryPolicy retry = handling.kind().retry();
    long jittered = random.nextLong(retry.ceiling(lease.attempt()).toMillis() + 1);
    Instant due = now.plus(after.filter(d -> d.toMillis() > jittered).orElse(Duration.ofMillis(jittered)));
    if (lease.attempt() >= retry.maxAttempts() || due.isAfter(lastMoment())) {
      return bury(failure, effect);
    }
    return new Settlement.Again(lease, due, failure, effect);
  }

  private Settlement bury(Failure failure, dev.fairway.core.store.Store.Effect effect) {
    Delivery<P> given = delivery;
    return new Settlement.Bury(lease, failure, given == null ? effect : tx -> {
      effect.apply(tx);
      handling.handler().onDead(tx, given, failure.why());
    });
  }

  /** What is left when writing the effect itself failed for a reason of its own. */
  Settlement withoutEffect(Settlement refused, Throwable cause, Instant now, RandomGenerator random) {
    if (refused instanceof Settlement.Bury buried) {
      return new Settlement.Bury(lease, new Failure(buried.failure().failureClass(),
          buried.failure().why() + " (and what was to be written then failed: " + text(cause) + ")"), Outcome.NOTHING);
    }
    return settle(Outcome.retry("the effect could not be written: " + text(cause)), now, random);
  }

  private Instant lastMoment() {
    return lease.firstDue().plus(handling.kind().retry().maxAge());
  }

  private Duration age(Instant now) {
    return Duration.between(lease.firstDue(), now);
  }
}

package dev.fairway.websub.subscriber;

import java.time.Duration;
import java.time.Instant;

/** What is to be done about a subscription now. */
sealed interface Step {
  /** A subscription is looked at this often even when nothing is due, because its state may have been changed. */
  Duration LONGEST_WAIT = Duration.ofMinutes(1);

  record Wait(Duration time) implements Step {}

  record Subscribe() implements Step {}

  record Unsubscribe() implements Step {}

  /** It is over; its row can go. */
  record Forget() implements Step {}

  static Step of(Outgoing subscription, Instant now) {
    return switch (subscription.state()) {
      case REMOVED -> now.isBefore(subscription.pendingUntil()) ? wait(now, subscription.pendingUntil()) : new Forget();
      case REMOVING -> {
        // A hub forgets by itself when the lease ends; one that never verified has nothing to forget.
        if (subscription.expiresAt().filter(now::isBefore).isEmpty()) {
          yield new Forget();
        }
        yield now.isBefore(subscription.nextDue()) ? wait(now, subscription.nextDue()) : new Unsubscribe();
      }
      case PENDING, ACTIVE, DENIED ->
        now.isBefore(subscription.nextDue()) ? wait(now, subscription.nextDue()) : new Subscribe();
    };
  }

  private static Wait wait(Instant now, Instant until) {
    Duration left = Duration.between(now, until);
    return new Wait(left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left);
  }
}

package dev.fairway.core.work;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Work to be enqueued. Pieces with the same kind and key run one after another, in the order they were enqueued; without
 * a key, order does not hold.
 *
 * @param delay from the transaction's time; zero means now
 * @param priority 0 (bulk) to 9 (urgent), 5 is usual; higher first, then older first
 * @param unique when given, at most one piece of this kind and name exists until it is done
 */
public record NewWork<P>(WorkKind<P> kind, P payload, Optional<String> key, Duration delay, int priority,
    Optional<String> unique) {
  public NewWork {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(payload);
    if (priority < 0 || priority > 9) {
      throw new IllegalArgumentException("priority must be 0 to 9, is " + priority);
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, is " + delay);
    }
  }

  public static <P> NewWork<P> of(WorkKind<P> kind, P payload) {
    return new NewWork<>(kind, payload, Optional.empty(), Duration.ZERO, 5, Optional.empty());
  }

  public NewWork<P> key(String value) {
    return new NewWork<>(kind, payload, Optional.of(value), delay, priority, unique);
  }

  public NewWork<P> after(Duration value) {
    return new NewWork<>(kind, payload, key, value, priority, unique);
  }

  public NewWork<P> priority(int value) {
    return new NewWork<>(kind, payload, key, delay, value, unique);
  }

  public NewWork<P> unique(String name) {
    return new NewWork<>(kind, payload, key, delay, priority, Optional.of(name));
  }
}

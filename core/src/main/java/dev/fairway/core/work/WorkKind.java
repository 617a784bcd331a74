package dev.fairway.core.work;

import dev.fairway.core.Codec;
import java.time.Duration;
import java.util.Objects;

/**
 * A kind of work: its name, how its payload is written down, and its bounds.
 *
 * @param name dotted and lower case, {@code exchange.post}; stored with each piece of work, so it is never changed
 * @param lease how long a handler may take before the work is handed out again; renewed while the handler runs
 * @param concurrency how many of this kind one process runs at once, 1 to 10,000
 * @param deadBlocksKey whether a dead letter holds back later work of its key
 * @param row how many first attempts are leased at once, to be run one after another in their order; 1, or 2 to 1,000
 * where the concurrency is 1 and a second attempt is allowed, for a process that dies spends the first of all in a row. The
 * first that is not done ends its row: what follows is given back untried. Effects are written later, together, so a handler
 * may not yet see that of the one before it
 */
public record WorkKind<P>(String name, Codec<P> codec, RetryPolicy retry, Duration lease, int concurrency,
    boolean deadBlocksKey, int row) {
  public WorkKind {
    Objects.requireNonNull(codec);
    Objects.requireNonNull(retry);
    if (!name.matches("[a-z][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)*") || name.length() > 100) {
      throw new IllegalArgumentException("work kind must be a dotted lower-case word, is \"" + name + "\"");
    }
    if (concurrency < 1 || concurrency > 10_000) {
      throw new IllegalArgumentException("concurrency of " + name + " must be 1 to 10000, is " + concurrency);
    }
    if (row < 1 || row > 1_000 || (row > 1 && concurrency > 1)) {
      throw new IllegalArgumentException("row of " + name + " must be 1, or 2 to 1000 where one is run at a time, is "
          + row + " with a concurrency of " + concurrency);
    }
    if (row > 1 && retry.maxAttempts() == 1) {
      throw new IllegalArgumentException(
          "row of " + name + " needs a second attempt: a process that dies spends the first of all in it");
    }
    if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("lease of " + name + " must be at least 1s, is " + lease);
    }
  }

  /** A kind whose work is leased piece by piece. */
  public WorkKind(String name, Codec<P> codec, RetryPolicy retry, Duration lease, int concurrency,
      boolean deadBlocksKey) {
    this(name, codec, retry, lease, concurrency, deadBlocksKey, 1);
  }

  /** A kind with the usual bounds: default retries, a lease of 30 s, 16 at once. */
  public static <P> WorkKind<P> of(String name, Codec<P> codec) {
    return new WorkKind<>(name, codec, RetryPolicy.DEFAULT, Duration.ofSeconds(30), 16, false);
  }

  public WorkKind<P> withRetry(RetryPolicy policy) {
    return new WorkKind<>(name, codec, policy, lease, concurrency, deadBlocksKey, row);
  }

  public WorkKind<P> withLease(Duration duration) {
    return new WorkKind<>(name, codec, retry, duration, concurrency, deadBlocksKey, row);
  }

  public WorkKind<P> withConcurrency(int atOnce) {
    return new WorkKind<>(name, codec, retry, lease, atOnce, deadBlocksKey, row);
  }

  public WorkKind<P> blockingKeyWhenDead() {
    return new WorkKind<>(name, codec, retry, lease, concurrency, true, row);
  }

  /** One at a time, in rows of at most so many. */
  public WorkKind<P> inRowsOf(int atMost) {
    return new WorkKind<>(name, codec, retry, lease, 1, deadBlocksKey, atMost);
  }
}

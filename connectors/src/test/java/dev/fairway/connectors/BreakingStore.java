package dev.fairway.connectors;

import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that breaks off at a place of our choice, as the power does: before a transaction is begun (what it was to say of
 * other files is written then), when all of it is done and nothing committed, or when it is committed and nobody was told.
 */
final class BreakingStore implements Store {
  private final Store inner;
  private final AtomicInteger left;

  /** @param left how many places are passed before it breaks off; from then on, nothing is written */
  BreakingStore(Store inner, int left) {
    this.inner = inner;
    this.left = new AtomicInteger(left);
  }

  /** Whether it broke off. */
  boolean broken() {
    return left.get() < 0;
  }

  private void place() {
    if (left.getAndDecrement() <= 0) {
      throw new PowerCut();
    }
  }

  @Override
  public <R> R write(WriteStep<R> step) {
    place();
    R result = inner.write(tx -> {
      R done = step.apply(tx);
      place();
      return done;
    });
    place();
    return result;
  }

  @Override
  public <R> R read(ReadStep<R> step) {
    return inner.read(step);
  }

  @Override
  public Journal journal() {
    return inner.journal();
  }

  @Override
  public void close() {
    // Whoever opened the other closes it.
  }

  /** The power is gone. */
  static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerCut() {
      super("the power is gone");
    }
  }
}

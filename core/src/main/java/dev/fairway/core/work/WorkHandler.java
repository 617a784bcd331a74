package dev.fairway.core.work;

/**
 * Does one kind of work. Called on a virtual thread, outside any transaction; several at once, up to the kind's
 * concurrency. What it throws is a {@link Outcome.Retry}, except a {@link dev.fairway.core.FairwayException} whose code is
 * not retriable, which is a {@link Outcome.Fail}.
 */
@FunctionalInterface
public interface WorkHandler<P> {
  Outcome run(Delivery<P> delivery) throws Exception;

  /**
   * Called in the transaction that sets the work aside after its last failure, so that the door can say so in its own
   * state. The work can still be redriven later.
   */
  default void onDead(dev.fairway.core.store.Transaction tx, Delivery<P> delivery, String why)
      throws java.sql.SQLException {}
}

package dev.fairway.evm.log;

import dev.fairway.core.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/** Writes what events mean, in the transaction that moves the follower's place: each has its effect once. */
public interface LogHandler {
  /** Events in the chain's order; what was taken back comes before what came in its place. */
  void apply(Transaction tx, List<LogEvent> events) throws SQLException;

  /**
   * The follower is done with all blocks up to the chain's head. What was retracted before and is not observed again by now
   * is gone from the chain as it is.
   */
  default void caughtUp(Transaction tx, long head) throws SQLException {}
}

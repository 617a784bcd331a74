package dev.fairway.store;

import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Dialect;
import java.sql.Connection;
import java.sql.SQLException;

/** Where connections come from. Safe for many threads. */
interface Home extends AutoCloseable {
  Dialect dialect();

  /** How many groups of writes may be under way at once. */
  int writers();

  /** How many steps share one commit at most. */
  int groupLimit();

  /** A connection outside any transaction that has begun, with auto-commit off. */
  GuardedConnection writer() throws SQLException;

  /** One that sees a consistent state from its first statement to its rollback, and cannot write. */
  GuardedConnection reader() throws SQLException;

  /** Commits a writer's transaction; when it throws, nothing was written. */
  void commit(Connection connection) throws SQLException;

  /** Takes a connection back, after a commit or a rollback. */
  void giveBack(GuardedConnection connection, boolean broken);

  /** Says in one sentence what is wrong and what to do. */
  FairwayException explain(Trouble trouble, Throwable cause);

  @Override
  void close();
}

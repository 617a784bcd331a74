package dev.fairway.store;

import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** How a door's repositories speak SQL within a step. */
public final class Sql {
  private Sql() {}

  /**
   * A Jdbi handle on the step's own transaction. It needs no closing, and closing it neither ends the transaction nor
   * closes the connection. Good for the length of the step.
   */
  public static Handle on(View view) {
    return Jdbi.create(view.connection()).open();
  }

  /**
   * Holds a name until the commit: steps that hold the same name run one after another, in every process. On the embedded
   * home all steps do. Take several in the order of their names, or two steps may wait for each other; one of them is
   * then run again.
   */
  public static void lock(Transaction tx, String name) throws SQLException {
    if (tx.dialect() == Dialect.SQLITE) {
      return;
    }
    try (PreparedStatement statement = tx.connection().prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
      UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      statement.setLong(1, hash.getMostSignificantBits() ^ hash.getLeastSignificantBits());
      statement.execute();
    }
  }
}

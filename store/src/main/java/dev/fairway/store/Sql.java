package dev.fairway.store;

import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** How a door's repositories speak SQL within a step. */
public final class Sql {
  /* Setting up a Jdbi costs more than a short query, so there is one for all, and the connection is handed to it by the
   * thread that opens a handle. */
  private static final ThreadLocal<Connection> CURRENT = new ThreadLocal<>();
  private static final Jdbi JDBI = Jdbi.create(new ConnectionFactory() {
    @Override
    public Connection openConnection() {
      Connection connection = CURRENT.get();
      if (connection == null) {
        throw new IllegalStateException("a handle is opened by Sql.on alone");
      }
      return connection;
    }

    @Override
    public void closeConnection(Connection connection) {
      // The step's connection is the store's to close.
    }
  }).setTransactionHandler(new StepTransactions());

  private Sql() {}

  /**
   * A Jdbi handle on the step's own transaction. It needs no closing, and closing it neither ends the transaction nor
   * closes the connection. Good for the length of the step, on its thread.
   */
  public static Handle on(View view) {
    CURRENT.set(view.connection());
    try {
      return JDBI.open();
    } finally {
      CURRENT.remove();
    }
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

  /** The store begins and ends transactions; what asks for one inside a step is in it already. */
  private static final class StepTransactions implements TransactionHandler {
    @Override
    public void begin(Handle handle) {
      throw refused("begin");
    }

    @Override
    public void commit(Handle handle) {
      throw refused("commit");
    }

    @Override
    public void rollback(Handle handle) {
      throw refused("rollback");
    }

    @Override
    public boolean isInTransaction(Handle handle) {
      return false;
    }

    @Override
    public void savepoint(Handle handle, String name) {
      throw refused("savepoint");
    }

    @Override
    public void rollbackToSavepoint(Handle handle, String name) {
      throw refused("rollback");
    }

    @Override
    public void releaseSavepoint(Handle handle, String name) {
      throw refused("savepoint");
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback) throws X {
      return callback.withHandle(handle);
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle handle, TransactionIsolationLevel level,
        HandleCallback<R, X> callback) throws X {
      return callback.withHandle(handle);
    }

    private static IllegalStateException refused(String what) {
      return new IllegalStateException(what + " is not a step's to call: the store ends its transactions");
    }
  }
}

package dev.fairway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL, shared by several processes. Writers work at "read committed" and take what they decide on by row locks;
 * readers look at one snapshot.
 */
final class PostgresHome implements Home {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresHome.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  /** How long a commit whose connection broke is looked up before its callers are told that nobody knows. */
  private static final Duration LOOK_UP = Duration.ofSeconds(30);

  private final StorageConfig.Postgres config;
  private final HikariDataSource writers;
  private final HikariDataSource readers;

  private PostgresHome(StorageConfig.Postgres config) {
    this.config = config;
    this.writers = pool(config, "writers", false);
    this.readers = pool(config, "readers", true);
  }

  /** Waits for the database as long as the configuration says, then brings its schema up to date. */
  static PostgresHome open(StorageConfig.Postgres config, Migrations migrations) {
    PostgresHome home = new PostgresHome(config);
    try {
      home.awaitDatabase();
      migrations.run(home.writers);
      return home;
    } catch (SQLException | RuntimeException e) {
      home.close();
      if (e instanceof FairwayException known) {
        throw known;
      }
      throw home.explain(Trouble.in(e).filter(t -> t != Trouble.OWN).orElse(Trouble.DOWN), e);
    }
  }

  private static HikariDataSource pool(StorageConfig.Postgres config, String name, boolean readOnly) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("fairway-" + name);
    pool.setJdbcUrl(config.url());
    pool.setUsername(config.user());
    pool.setPassword(config.password().reveal());
    pool.setMaximumPoolSize(config.writers());
    pool.setAutoCommit(false);
    pool.setReadOnly(readOnly);
    pool.setTransactionIsolation(readOnly ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
    pool.setConnectionTimeout(5_000);
    pool.setInitializationFailTimeout(-1);
    pool.setRegisterMbeans(false);
    pool.addDataSourceProperty("ApplicationName", "fairway");
    pool.addDataSourceProperty("reWriteBatchedInserts", "true");
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    pool.addDataSourceProperty("connectTimeout", "5");
    pool.addDataSourceProperty("socketTimeout", "60");
    // A process that stands still in a transaction must not hold the others up for ever.
    pool.addDataSourceProperty("options", "-c lock_timeout=3s -c idle_in_transaction_session_timeout=30s");
    return new HikariDataSource(pool);
  }

  private void awaitDatabase() throws SQLException {
    Instant end = Instant.now().plus(config.patience());
    Duration pause = Duration.ofMillis(200);
    while (true) {
      try (Connection connection = writers.getConnection(); Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
        connection.rollback();
        return;
      } catch (SQLException e) {
        String state = e.getSQLState() == null && e.getCause() instanceof SQLException cause
            ? cause.getSQLState()
            : e.getSQLState();
        boolean refused = state != null && (state.startsWith("28") || state.startsWith("3D"));
        if (refused || Instant.now().isAfter(end)) {
          throw e;
        }
        LOG.warn("the database does not answer url={} again-in={} why={}", config.url(), pause, e.getMessage());
        LockSupport.parkNanos(pause.toNanos());
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
      }
    }
  }

  @Override
  public Dialect dialect() {
    return Dialect.POSTGRES;
  }

  @Override
  public int writers() {
    return config.writers();
  }

  /* Each statement of a step is a round trip, and the first step of a group waits for the last: many small steps share
   * a commit, a crowd of large ones does not. */
  @Override
  public int groupLimit() {
    return 32;
  }

  @Override
  public GuardedConnection writer() throws SQLException {
    // The driver keeps its own prepared statements.
    return GuardedConnection.of(writers.getConnection(), false);
  }

  @Override
  public GuardedConnection reader() throws SQLException {
    return GuardedConnection.of(readers.getConnection(), false);
  }

  /* When the connection breaks during a commit, the answer is lost and not the question: the database knows what became
   * of the transaction (pg_xact_status), and is asked until it says. */
  @Override
  public void commit(Connection connection) throws SQLException {
    String transaction = transaction(connection);
    try {
      connection.commit();
    } catch (SQLException e) {
      if (transaction == null || Trouble.in(e).orElse(Trouble.OWN) != Trouble.DOWN) {
        throw e;
      }
      LOG.warn("the connection broke during a commit; looking up what became of it transaction={}", transaction);
      if (!committed(transaction, e)) {
        throw e;
      }
    }
  }

  private static @Nullable String transaction(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_current_xact_id_if_assigned()::text");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getString(1);
    }
  }

  private boolean committed(String transaction, SQLException broken) throws SQLException {
    Instant end = Instant.now().plus(LOOK_UP);
    while (Instant.now().isBefore(end)) {
      try (Connection connection = readers.getConnection();
          PreparedStatement statement = connection.prepareStatement("SELECT pg_xact_status(?::xid8)")) {
        statement.setString(1, transaction);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          String status = String.valueOf(rows.getString(1));
          connection.rollback();
          if (status.equals("committed")) {
            return true;
          }
          if (status.equals("aborted")) {
            return false;
          }
        }
      } catch (SQLException e) {
        LOG.debug("cannot look up transaction={} why={}", transaction, e.getMessage());
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    throw new SQLException("the connection broke during the commit and the database has not come back for " + LOOK_UP
        + ": it is not known whether transaction " + transaction + " was written", "08007", broken);
  }

  /* The pool has seen what broke the connection, and does not lend it again. */
  @Override
  public void giveBack(GuardedConnection connection, boolean broken) {
    try {
      connection.real().close();
    } catch (SQLException e) {
      LOG.debug("a connection could not be given back broken={} why={}", broken, e.getMessage());
    }
  }

  @Override
  public FairwayException explain(Trouble trouble, Throwable cause) {
    String where = config.url().replaceAll("\\?.*", "");
    String why = root(cause).getMessage();
    return switch (trouble) {
      case CORRUPT -> new FairwayException(ErrorCode.STORE_CORRUPT,
          "the database at " + where + " says that it is damaged; ask whoever runs it: " + why, cause);
      case FULL -> new FairwayException(ErrorCode.DISK_FULL,
          "the database at " + where + " has no space left; nothing was written. Make room: the node goes on by itself",
          cause);
      case DOWN -> new FairwayException(ErrorCode.STORE_DOWN,
          "the database at " + where + " does not answer: " + why, cause);
      case COLLISION -> new FairwayException(ErrorCode.BUSY,
          "the database at " + where + " was busy with the same rows for too long: " + why, cause);
      case OWN -> throw new IllegalArgumentException("not the database's trouble", cause);
    };
  }

  /* The pool says only that it has waited. */
  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root;
  }

  @Override
  public void close() {
    writers.close();
    readers.close();
  }
}

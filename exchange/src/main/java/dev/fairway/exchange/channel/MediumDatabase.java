package dev.fairway.exchange.channel;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Connections to a medium, and word of its changes. Safe for many threads. */
final class MediumDatabase implements AutoCloseable {
  private static final int CONNECTIONS = 6;
  /** How often a file is asked whether another process wrote to it; the question reads shared memory only. */
  private static final Duration FILE_WATCH = Duration.ofMillis(15);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private final HikariDataSource pool;
  private final boolean postgres;
  private volatile boolean closed;

  MediumDatabase(MediumHome home) {
    HikariConfig config = new HikariConfig();
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(10_000);
    config.setInitializationFailTimeout(-1);
    config.setPoolName("channel-medium");
    switch (home) {
      case MediumHome.Folder(var path) -> {
        postgres = false;
        config.setDataSource(file(path));
      }
      case MediumHome.Postgres(var url, var user, var password) -> {
        postgres = true;
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password.reveal());
      }
    }
    pool = new HikariDataSource(config);
  }

  private static SQLiteDataSource file(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the medium's folder " + folder + " cannot be made", e);
    }
    SQLiteConfig sqlite = new SQLiteConfig();
    sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
    sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    sqlite.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    sqlite.setBusyTimeout(10_000);
    SQLiteDataSource source = new SQLiteDataSource(sqlite);
    source.setUrl("jdbc:sqlite:" + folder.resolve("channel.db").toAbsolutePath());
    return source;
  }

  /** Makes the table where there is none. Participants may do so at the same time. */
  void prepare() throws SQLException {
    try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      if (postgres) {
        statement.execute("SELECT pg_advisory_xact_lock(7027303)");
      }
      if (!postgres || !isPrepared(statement)) {
        for (String sql : script(postgres ? "medium-postgresql.sql" : "medium-sqlite.sql").strip().split(";\n", -1)) {
          statement.execute(sql);
        }
      }
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  /* To make what is there already takes locks that wait for writers, and writers for them. The trigger is made last. */
  private static boolean isPrepared(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("SELECT 1 FROM pg_trigger WHERE tgname = 'channel_row_stays'"
        + " AND tgrelid = to_regclass('channel_row')")) {
      return rows.next();
    }
  }

  private static String script(String name) {
    try (InputStream in = MediumDatabase.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("unreadable: " + name, e);
    }
  }

  Connection connection() throws SQLException {
    return pool.getConnection();
  }

  /** Tells watchers elsewhere, at the commit, that there is something new. */
  void tell(Connection connection) throws SQLException {
    if (postgres) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("NOTIFY channel_row");
      }
    }
  }

  /** Calls on each change until closed; a change by this process counts too. For a thread of its own. */
  void watch(Runnable changed) {
    while (!closed) {
      try (Connection connection = pool.getConnection()) {
        changed.run();
        if (postgres) {
          listen(connection, changed);
        } else {
          poll(connection, changed);
        }
      } catch (SQLException unreachable) {
        pause(RECONNECT);
      }
    }
  }

  private void listen(Connection connection, Runnable changed) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN channel_row");
      PGConnection notifications = connection.unwrap(PGConnection.class);
      while (!closed) {
        var told = notifications.getNotifications(500);
        if (told != null && told.length > 0) {
          changed.run();
        }
      }
      statement.execute("UNLISTEN channel_row");
    }
  }

  private void poll(Connection connection, Runnable changed) throws SQLException {
    long seen = -1;
    while (!closed) {
      long version = dataVersion(connection);
      if (version != seen) {
        seen = version;
        changed.run();
      }
      pause(FILE_WATCH);
    }
  }

  private static long dataVersion(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA data_version")) {
      row.next();
      return row.getLong(1);
    }
  }

  private void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}

package dev.fairway.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is in the write-ahead log into the database file, beside the writer instead of within its commits: a checkpoint
 * writes thousands of pages and syncs them, and every caller of that moment would wait for it.
 *
 * <p>SQLite begins its log anew only when a checkpoint ends with nothing left over, which beside a busy writer none does.
 * So once the log is long, the writer brings over the little that is left by itself, between two commits.
 *
 * @see <a href="https://www.sqlite.org/wal.html#ckpt">SQLite, Write-Ahead Logging, 2.1</a>
 */
final class WalCheckpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WalCheckpoints.class);
  private static final String CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";
  /** Pages in the log from which on it shall begin anew: 16 MiB. */
  private static final int LONG = 4_000;
  private static final Duration GATHER = Duration.ofMillis(200);

  private final Source source;
  private final Thread thread = Thread.ofPlatform().name("store-checkpoint").daemon().unstarted(this::work);
  private volatile boolean changed;
  private volatile boolean tooLong;
  private volatile boolean closed;

  /** @param source a connection of its own, with auto-commit on; asked for when there is something to do */
  WalCheckpoints(Source source) {
    this.source = source;
    thread.start();
  }

  @FunctionalInterface
  interface Source {
    Connection open() throws SQLException;
  }

  /** Called by the writer after each commit, with its connection. Never fails: a log that is not shortened is only longer. */
  void committed(Connection writer) {
    if (tooLong) {
      tooLong = false;
      try {
        checkpoint(writer);
      } catch (SQLException e) {
        LOG.debug("the log stays as long as it is why={}", e.getMessage());
      }
    }
    if (!changed) {
      changed = true;
      LockSupport.unpark(thread);
    }
  }

  private void work() {
    Connection connection = null;
    while (!closed) {
      if (!changed) {
        LockSupport.park(this);
        continue;
      }
      LockSupport.parkNanos(this, GATHER.toNanos());
      if (closed) {
        break;
      }
      changed = false;
      try {
        if (connection == null) {
          connection = source.open();
        }
        tooLong = checkpoint(connection) >= LONG;
      } catch (SQLException e) {
        LOG.debug("no checkpoint now, the log keeps everything why={}", e.getMessage());
      }
    }
    closeQuietly(connection);
  }

  /** How many pages the log holds, those that were brought over included. */
  private static int checkpoint(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(CHECKPOINT)) {
      return rows.next() ? rows.getInt(2) : 0;
    }
  }

  private static void closeQuietly(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      LOG.debug("a connection could not be closed why={}", e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

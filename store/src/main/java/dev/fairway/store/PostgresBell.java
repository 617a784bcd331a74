package dev.fairway.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other processes on the same database that there is news, and hears from them, by LISTEN and NOTIFY. A lost ring
 * costs time and nothing else: whoever waits looks again after a while by itself.
 */
final class PostgresBell implements AutoCloseable {
  /* A NOTIFY inside a transaction makes PostgreSQL commit one such transaction at a time. So the bell rings just after
   * the commit, on a connection of its own, once for however many commits there were since it last rang. */
  private static final Logger LOG = LoggerFactory.getLogger(PostgresBell.class);
  private static final int HEAR_MILLIS = 1_000;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final StorageConfig.Postgres config;
  private final String self;
  private final Spine spine;
  private final Semaphore news = new Semaphore(0);
  private final AtomicLong end = new AtomicLong();
  private final AtomicBoolean work = new AtomicBoolean();
  private final Thread ringer;
  private final Thread listener;
  private volatile boolean closed;

  PostgresBell(StorageConfig.Postgres config, String self, Spine spine) {
    this.config = config;
    this.self = self;
    this.spine = spine;
    this.ringer = Thread.ofVirtual().name("store-bell-ring").start(() -> keepTrying("ring", this::ring));
    this.listener = Thread.ofVirtual().name("store-bell-hear").start(() -> keepTrying("hear", this::hear));
  }

  /** Notes what has been committed; the ring follows by itself. */
  void committed(boolean workChanged, long journalEnd) {
    end.accumulateAndGet(journalEnd, Math::max);
    if (workChanged) {
      work.set(true);
    }
    if (news.availablePermits() == 0) {
      news.release();
    }
  }

  private interface Talk {
    void with(Connection connection) throws SQLException, InterruptedException;
  }

  private void keepTrying(String what, Talk talk) {
    while (!closed) {
      try (Connection connection = connect()) {
        talk.with(connection);
      } catch (SQLException e) {
        if (!closed) {
          LOG.debug("cannot {} on the database's bell, trying again why={}", what, e.getMessage());
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      } catch (InterruptedException e) {
        LOG.debug("bell interrupted closed={}", closed);
      }
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password().reveal());
    properties.setProperty("ApplicationName", "fairway-bell");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("tcpKeepAlive", "true");
    return DriverManager.getConnection(config.url(), properties);
  }

  private void ring(Connection connection) throws SQLException, InterruptedException {
    try (Statement statement = connection.createStatement()) {
      while (!closed) {
        news.acquire();
        news.drainPermits();
        boolean rings = work.getAndSet(false);
        statement.execute("NOTIFY fairway, '" + self + " " + end.get() + " " + (rings ? "work" : "journal") + "'");
      }
    }
  }

  private void hear(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN fairway");
    }
    // Something may have been said while nobody listened.
    spine.heard(0, true);
    PGConnection pg = connection.unwrap(PGConnection.class);
    while (!closed) {
      PGNotification @Nullable [] heard = pg.getNotifications(HEAR_MILLIS);
      if (heard != null) {
        for (PGNotification one : heard) {
          hear(one.getParameter());
        }
      }
    }
  }

  private void hear(String said) {
    String[] words = said.split(" ", 3);
    if (words.length == 3 && !words[0].equals(self)) {
      spine.heard(Long.parseLong(words[1]), words[2].equals("work"));
    }
  }

  @Override
  public void close() {
    closed = true;
    ringer.interrupt();
    listener.interrupt();
    for (Thread thread : new Thread[]{ringer, listener}) {
      try {
        thread.join(Duration.ofSeconds(3));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

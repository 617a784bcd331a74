package dev.fairway.connectors.capture.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how much of its log the server keeps because of a slot, which fills its disk when nobody looks. Belongs to one
 * thread.
 */
final class SlotWatch {
  /** What is done when there is more than the bound. */
  enum Over {
    /** It is said in the log, and captured on. */
    warn,
    /** The capture ends with an error; the slot stays, and can be followed once the bound is raised. */
    stop,
    /** The capture ends with an error, and the slot goes away, so that the server is free of it. */
    drop
  }

  /** There is more than the bound. */
  static final class OverBoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OverBoundException(String message) {
      super(message);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(SlotWatch.class);
  private static final long EVERY = Duration.ofSeconds(30).toNanos();
  private static final Duration LETTING_GO = Duration.ofSeconds(30);
  private static final long MEGABYTE = 1_000_000;

  private final Connection sql;
  private final String slot;
  private final long megabytes;
  private final Over over;
  private long looked = System.nanoTime() - EVERY;

  /** @param megabytes the bound; 0 for none */
  SlotWatch(Connection sql, String slot, long megabytes, Over over) {
    this.sql = sql;
    this.slot = slot;
    this.megabytes = megabytes;
    this.over = over;
  }

  /**
   * Looks, when the last look was some time ago.
   *
   * @throws OverBoundException when there is more than the bound, and that ends the capture
   */
  void look() throws SQLException {
    long now = System.nanoTime();
    if (megabytes == 0 || now - looked < EVERY) {
      return;
    }
    looked = now;
    long kept = kept() / MEGABYTE;
    if (kept < megabytes) {
      return;
    }
    String much = "replication slot " + slot + " makes the server keep " + kept
        + " MB of its log, and slotMegabytes is "
        + megabytes;
    switch (over) {
      case warn -> LOG.warn("{}; the server's disk fills while the capture does not catch up", much);
      case stop ->
        throw new OverBoundException(much + ". The capture has stopped (overSlotMegabytes: stop) and the slot is"
            + " still there: raise the bound to catch up, or drop the slot at the server");
      case drop ->
        throw new OverBoundException(much + ". The slot was dropped (overSlotMegabytes: drop), and with it the"
            + " changes since; choose another slot in the configuration, and the tables are captured anew");
    }
  }

  private long kept() throws SQLException {
    try (PreparedStatement query = sql.prepareStatement(
        "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn) FROM pg_replication_slots WHERE slot_name = ?")) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /** Drops the slot, as soon as the server has noticed that nobody follows it. */
  void drop() throws SQLException, InterruptedException {
    try (PreparedStatement drop = sql.prepareStatement("SELECT pg_drop_replication_slot(slot_name)"
        + " FROM pg_replication_slots WHERE slot_name = ? AND NOT active")) {
      drop.setString(1, slot);
      long end = System.nanoTime() + LETTING_GO.toNanos();
      while (System.nanoTime() < end) {
        try (ResultSet row = drop.executeQuery()) {
          if (row.next()) {
            return;
          }
        }
        Thread.sleep(100);
      }
    }
    throw new SQLException("replication slot " + slot + " is still followed by somebody and cannot be dropped");
  }
}

package dev.fairway.store;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who did what to the node by hand. Entries are written in the transaction of the act itself and are never changed. Safe
 * for many threads.
 */
public final class Audit {
  private final Store store;

  public Audit(Store store) {
    this.store = store;
  }

  /**
   * One act.
   *
   * @param seq ascending in the order they were written
   * @param act a dotted word, {@code dead.redrive}
   * @param target what it was done to
   * @param detail JSON, or empty
   */
  public record Entry(long seq, Instant at, String actor, String act, String target, String detail) {}

  /** Writes an act down, together with whatever else the transaction does. */
  public static void record(Transaction tx, String actor, String act, String target, String detail)
      throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("INSERT INTO store_audit (at, actor, act, target, detail) VALUES (?, ?, ?, ?, ?)")) {
      statement.setLong(1, Micros.of(tx.now()));
      statement.setString(2, actor);
      statement.setString(3, act);
      statement.setString(4, target);
      statement.setString(5, detail);
      statement.executeUpdate();
    }
  }

  /**
   * Newest first.
   *
   * @param target only acts on it, when given
   * @param before only entries with a lower {@code seq}; {@link Long#MAX_VALUE} to begin
   * @param limit 1 to 1,000
   */
  public List<Entry> list(Optional<String> target, long before, int limit) {
    Limits.check("limit", limit, 1, 1_000);
    return store.read(view -> {
      try (PreparedStatement statement = view.connection()
          .prepareStatement("SELECT seq, at, actor, act, target, detail FROM store_audit WHERE seq < ?"
              + (target.isPresent() ? " AND target = ?" : "") + " ORDER BY seq DESC LIMIT ?")) {
        int index = 1;
        statement.setLong(index++, before);
        if (target.isPresent()) {
          statement.setString(index++, target.get());
        }
        statement.setInt(index, limit);
        List<Entry> entries = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            entries.add(new Entry(rows.getLong(1), Micros.instant(rows.getLong(2)), rows.getString(3),
                rows.getString(4), rows.getString(5), rows.getString(6)));
          }
        }
        return entries;
      }
    });
  }
}

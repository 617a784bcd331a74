package dev.fairway.connectors.oauth;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Refreshed credentials, one row per task. */
final class CredentialTable {
  private CredentialTable() {}

  /** What was kept, if it came of these configured credentials. */
  static Optional<String> find(View view, String task, String configured) throws SQLException {
    try (PreparedStatement query = view.connection()
        .prepareStatement("SELECT sealed FROM connector_credentials WHERE task = ? AND configured = ?")) {
      query.setString(1, task);
      query.setString(2, configured);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  static void save(Transaction tx, String task, String configured, String sealed) throws SQLException {
    try (PreparedStatement upsert = tx.connection().prepareStatement(
        "INSERT INTO connector_credentials (task, configured, sealed, refreshed_at) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (task) DO UPDATE SET configured = excluded.configured, sealed = excluded.sealed,"
            + " refreshed_at = excluded.refreshed_at")) {
      upsert.setString(1, task);
      upsert.setString(2, configured);
      upsert.setString(3, sealed);
      upsert.setLong(4, tx.now().toEpochMilli());
      upsert.executeUpdate();
    }
  }
}

package dev.fairway.connectors.ingest;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The deliveries of a task's binding that are remembered. */
record DeliveryTable(String task, String binding) {
  /** Which of them were taken in since then. */
  Set<String> known(View view, Collection<String> ids, Instant since) throws SQLException {
    Set<String> known = new HashSet<>();
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT 1 FROM connector_ingested WHERE task = ? AND binding = ? AND delivery = ? AND received_at >= ?")) {
      for (String id : ids) {
        query.setString(1, task);
        query.setString(2, binding);
        query.setString(3, id);
        query.setLong(4, since.toEpochMilli());
        try (ResultSet row = query.executeQuery()) {
          if (row.next()) {
            known.add(id);
          }
        }
      }
    }
    return known;
  }

  /** Remembers them from now on, also those that were there and too old. */
  void remember(Transaction tx, Collection<String> ids) throws SQLException {
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO connector_ingested (task, binding, delivery, received_at) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (task, binding, delivery) DO UPDATE SET received_at = excluded.received_at")) {
      for (String id : ids) {
        insert.setString(1, task);
        insert.setString(2, binding);
        insert.setString(3, id);
        insert.setLong(4, tx.now().toEpochMilli());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  void forget(Transaction tx, Instant before) throws SQLException {
    try (PreparedStatement delete = tx.connection().prepareStatement(
        "DELETE FROM connector_ingested WHERE task = ? AND binding = ? AND received_at < ?")) {
      delete.setString(1, task);
      delete.setString(2, binding);
      delete.setLong(3, before.toEpochMilli());
      delete.executeUpdate();
    }
  }
}

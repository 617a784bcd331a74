package dev.fairway.automation.installed;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Packages and integrations as they are stored. */
final class InstalledTables {
  private InstalledTables() {}

  /** An integration an operator made. */
  record StoredIntegration(IntegrationConfig config, boolean enabled, int logLevel) {}

  static void save(Transaction tx, PackageFacts stored) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_package (name, version, hash, size, installed_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET version = excluded.version, hash = excluded.hash, size = excluded.size,
          installed_at = excluded.installed_at""")) {
      statement.setString(1, stored.name());
      statement.setString(2, stored.version());
      statement.setString(3, stored.hash());
      statement.setLong(4, stored.size());
      statement.setLong(5, micros(stored.installedAt()));
      statement.executeUpdate();
    }
  }

  static List<PackageFacts> packages(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection()
            .prepareStatement("SELECT name, version, hash, size, installed_at FROM automation_package ORDER BY name");
        ResultSet rows = statement.executeQuery()) {
      var found = new ArrayList<PackageFacts>();
      while (rows.next()) {
        found.add(new PackageFacts(rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4),
            Instant.EPOCH.plus(rows.getLong(5), ChronoUnit.MICROS)));
      }
      return found;
    }
  }

  static boolean removePackage(Transaction tx, String name) throws SQLException {
    return delete(tx, "DELETE FROM automation_package WHERE name = ?", name);
  }

  static void save(Transaction tx, StoredIntegration stored) throws SQLException {
    var settings = StoredValue.object();
    stored.config().settings().entrySet().stream().sorted(Map.Entry.comparingByKey())
        .forEach(e -> settings.put(e.getKey(), e.getValue()));
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_integration (id, type, ledger, party, settings, enabled, log_level, changed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET type = excluded.type, ledger = excluded.ledger, party = excluded.party,
          settings = excluded.settings, enabled = excluded.enabled, log_level = excluded.log_level,
          changed = excluded.changed""")) {
      statement.setString(1, stored.config().id());
      statement.setString(2, stored.config().type());
      statement.setString(3, stored.config().ledger());
      statement.setString(4, stored.config().party().name());
      statement.setString(5, StoredValue.text(settings));
      statement.setInt(6, stored.enabled() ? 1 : 0);
      statement.setInt(7, stored.logLevel());
      statement.setLong(8, micros(tx.now()));
      statement.executeUpdate();
    }
  }

  static List<StoredIntegration> integrations(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection().prepareStatement(
            "SELECT id, type, ledger, party, settings, enabled, log_level FROM automation_integration ORDER BY id");
        ResultSet rows = statement.executeQuery()) {
      var found = new ArrayList<StoredIntegration>();
      while (rows.next()) {
        var settings = new LinkedHashMap<String, String>();
        StoredValue.parse(rows.getString(5)).properties()
            .forEach(e -> settings.put(e.getKey(), e.getValue().asString()));
        found.add(new StoredIntegration(new IntegrationConfig(rows.getString(1), rows.getString(2), rows.getString(3),
            new Party(rows.getString(4)), settings), rows.getInt(6) == 1, rows.getInt(7)));
      }
      return found;
    }
  }

  static Optional<StoredIntegration> integration(View view, String id) throws SQLException {
    return integrations(view).stream().filter(i -> i.config().id().equals(id)).findFirst();
  }

  static boolean removeIntegration(Transaction tx, String id) throws SQLException {
    return delete(tx, "DELETE FROM automation_integration WHERE id = ?", id);
  }

  private static boolean delete(Transaction tx, String sql, String key) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, key);
      return statement.executeUpdate() > 0;
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}

package dev.fairway.system;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many rows a node on an embedded store keeps in each table, asked of its database itself. Bytes no row names are none. */
final class Kept {
  private Kept() {}

  static SortedMap<String, Long> of(ServedNode node) throws SQLException {
    SortedMap<String, Long> kept = new TreeMap<>();
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + node.data().resolve("fairway.db"));
        Statement statement = database.createStatement()) {
      statement.execute("PRAGMA query_only = true");
      statement.execute("PRAGMA busy_timeout = 30000");
      for (String table : tables(statement)) {
        try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
          kept.put(table, rows.getLong(1));
        }
      }
    }
    return kept;
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet rows = statement
        .executeQuery("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }
}

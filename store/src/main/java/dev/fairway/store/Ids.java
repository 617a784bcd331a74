package dev.fairway.store;

import dev.fairway.core.store.Dialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** How a dialect keeps a UUID: PostgreSQL in a type of its own, SQLite as text. */
record Ids(Dialect dialect) {
  void set(PreparedStatement statement, int index, UUID id) throws SQLException {
    switch (dialect) {
      case SQLITE -> statement.setString(index, id.toString());
      case POSTGRES -> statement.setObject(index, id);
    }
  }

  UUID get(ResultSet rows, int index) throws SQLException {
    return switch (dialect) {
      case SQLITE -> UUID.fromString(rows.getString(index));
      case POSTGRES -> rows.getObject(index, UUID.class);
    };
  }
}

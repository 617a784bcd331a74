package dev.fairway.connectors.materialize;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Rows by batches of one prepared statement. */
final class BatchedUpserts implements Upserts {
  private static final int BATCH = 1_000;

  private final PreparedStatement upsert;
  private final SqlTables.Speech speech;
  private int pending;

  BatchedUpserts(Connection connection, SqlTable table, SqlTables.Speech speech) throws SQLException {
    this.speech = speech;
    this.upsert = connection
        .prepareStatement("INSERT INTO " + table.quotedName() + " (" + table.names() + ") " + speech.row(table)
            + table.onConflict());
  }

  @Override
  public void add(List<JsonNode> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      JsonNode value = values.get(i);
      if (value.isNull() || value.isMissingNode()) {
        upsert.setString(i + 1, null);
      } else {
        speech.set(upsert, i + 1, value);
      }
    }
    upsert.addBatch();
    if (++pending >= BATCH) {
      flush();
    }
  }

  @Override
  public void pause() {}

  @Override
  public void flush() throws SQLException {
    if (pending > 0) {
      upsert.executeBatch();
      pending = 0;
    }
  }

  @Override
  public void close() throws SQLException {
    upsert.close();
  }
}

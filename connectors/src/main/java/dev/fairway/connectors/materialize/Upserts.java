package dev.fairway.connectors.materialize;

import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Puts rows into a table in the connection's transaction, in place of those with the same key. A key comes once in a
 * transaction as JSON; keys that differ and are one to the database come in their order, and the last row counts. Belongs to the connection's thread.
 */
interface Upserts {
  /** @param values one per column, in the table's order */
  void add(List<JsonNode> values) throws SQLException;

  /** Gives the connection free for other statements; more rows may be added afterwards. */
  void pause() throws SQLException;

  /** Has every row in the table; the transaction is to be committed next. */
  void flush() throws SQLException;

  /** Forgets what was not committed. */
  void close() throws SQLException;
}

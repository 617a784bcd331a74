package dev.fairway.connectors.ledger;

import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import tools.jackson.databind.node.ObjectNode;

class LedgerTablesSqliteTest extends LedgerTablesContract {
  @Override
  String image() {
    return "materialize-ledger-sqlite";
  }

  @Override
  ObjectNode config() {
    return Json.object().put("path", dir.resolve("ledger.db").toString());
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("ledger.db"));
  }
}

package dev.fairway.connectors.materialize;

import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

class SqliteMaterializeTest extends SqlTablesContract {
  @Override
  ObjectNode config(int number) {
    return Json.object().put("path", dir.resolve("out" + number + ".db").toString());
  }

  @Override
  String image() {
    return "materialize-sqlite";
  }

  @Override
  Connection connect(int number) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out" + number + ".db"));
  }

  static List<Integer> numbers(Connection connection) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT n FROM rows ORDER BY n")) {
      while (rows.next()) {
        numbers.add(rows.getInt(1));
      }
    }
    return numbers;
  }
}

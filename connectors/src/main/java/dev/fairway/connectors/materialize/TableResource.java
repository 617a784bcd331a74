package dev.fairway.connectors.materialize;

import dev.fairway.connector.Setting;

/** A table that rows are kept in. */
public record TableResource(@Setting(description = "Name of the table", collectionName = true) String table) {
  public TableResource {
    if (table.isBlank() || table.length() > 63) {
      throw new IllegalArgumentException("a table's name must have 1 to 63 characters, is \"" + table + "\"");
    }
  }
}

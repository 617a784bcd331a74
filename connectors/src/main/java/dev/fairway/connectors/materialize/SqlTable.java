package dev.fairway.connectors.materialize;

import dev.fairway.connector.flow.CollectionSpec.Projection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table as SQL says it.
 *
 * @param columns those of the key first
 * @param keys how many make up the key
 */
record SqlTable(String name, List<Projection> columns, int keys) {
  SqlTable {
    columns = List.copyOf(columns);
  }

  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  String quotedName() {
    return quoted(name);
  }

  String names() {
    return list(column -> quoted(column.field()));
  }

  /** The columns of the key, separated by commas. */
  String keyNames() {
    return columns.stream().limit(keys).map(column -> quoted(column.field())).collect(Collectors.joining(", "));
  }

  boolean has(String column) {
    return columns.stream().anyMatch(one -> one.field().equals(column));
  }

  /** Something of each column, separated by commas. */
  String list(Function<Projection, String> each) {
    return columns.stream().map(each).collect(Collectors.joining(", "));
  }

  /** A row whose key is there takes the place of the one that has it. */
  String onConflict() {
    String updates = columns.stream().skip(keys)
        .map(column -> quoted(column.field()) + " = excluded." + quoted(column.field()))
        .collect(Collectors.joining(", "));
    return " ON CONFLICT (" + keyNames() + ") DO " + (updates.isEmpty() ? "NOTHING" : "UPDATE SET " + updates);
  }

  /** Finds the row of a key. */
  String where(Function<Projection, String> placeholder) {
    return columns.stream().limit(keys).map(column -> quoted(column.field()) + " = " + placeholder.apply(column))
        .collect(Collectors.joining(" AND "));
  }
}

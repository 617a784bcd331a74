package dev.fairway.connectors.capture.files;

import dev.fairway.connector.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a file is captured, and where to begin to go on. The two differ where bytes cannot be skipped (in compressed files), and
 * where the last row was ended by the end of the file only.
 *
 * @param rows how many rows are captured
 * @param row how many of them lie before the byte
 * @param offset a byte that begins a line, or 0
 * @param columns the names of the columns, when the header lies before the byte
 */
record Place(long rows, long row, long offset, List<String> columns) {
  static final Place BEGINNING = new Place(0, 0, 0, List.of());

  private static final String ROWS = "rows";
  private static final String AT = "at";

  Place {
    columns = List.copyOf(columns);
  }

  /** From a binding's state. States from before there was anything but rows are understood. */
  static Place of(Optional<JsonNode> state) {
    JsonNode known = state.orElseGet(Json::object);
    JsonNode at = known.path(AT);
    List<String> columns = new ArrayList<>();
    at.path("columns").forEach(column -> columns.add(column.asString("")));
    return new Place(known.path(ROWS).asLong(0), at.path("row").asLong(0), at.path("offset").asLong(0), columns);
  }

  /** The same with more rows captured, and as far as one may skip. */
  Place through(long captured) {
    return new Place(captured, row, offset, columns);
  }

  /** The same, to go on from a row that begins at a byte. */
  Place from(long first, long at, List<String> names) {
    return new Place(rows, first, at, names);
  }

  JsonNode json() {
    ObjectNode json = Json.object().put(ROWS, rows);
    if (offset > 0) {
      ObjectNode at = json.putObject(AT).put("row", row).put("offset", offset);
      if (!columns.isEmpty()) {
        ArrayNode names = at.putArray("columns");
        columns.forEach(names::add);
      }
    }
    return json;
  }
}

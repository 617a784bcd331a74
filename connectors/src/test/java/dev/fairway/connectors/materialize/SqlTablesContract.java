package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.spec.FlowFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** What a table promises besides: a row per key, with its values as they are. */
abstract class SqlTablesContract extends ExactlyOnceContract {
  /** The destination's own view of itself. */
  abstract Connection connect(int number) throws SQLException;

  @Override
  final ObjectNode resource() {
    return Json.object().put("table", "rows");
  }

  @Override
  final List<Integer> stored(int number) throws SQLException {
    return List.copyOf(texts(number).keySet());
  }

  /** What the destination holds: the {@code text} of each row by its {@code n}, in order. */
  private Map<Integer, String> texts(int number) throws SQLException {
    Map<Integer, String> texts = new TreeMap<>();
    try (Connection connection = connect(number);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT n, text FROM rows")) {
      while (rows.next()) {
        texts.put(rows.getInt(1), rows.getString(2));
      }
    }
    return texts;
  }

  private static Transactor.Row row(MaterializationSpec spec, int n, @Nullable String text, boolean delete) {
    Transactor.Row row = row(spec, n);
    JsonNode value = text == null ? NullNode.getInstance() : StringNode.valueOf(text);
    List<JsonNode> values = spec.bindings().getFirst().fieldSelection().values().stream()
        .map(field -> field.equals("text") ? value : StringNode.valueOf(field)).toList();
    ObjectNode document = Json.object().put("n", n);
    document.set("text", value);
    return new Transactor.Row(0, row.key(), row.keys(), values, document, delete, delete);
  }

  @Test
  void rowsAreStoredReplacedAndTakenAwayWhateverTheySay() throws Exception {
    FlowFile file = file(0);
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    program.apply(spec, Json.object());
    String odd = "tab\t line\nreturn\r back\\slash \\N \\. 'quote' \"quotes\" € 𝄞 ";
    try (Transactor session = program.open(spec, Json.object())) {
      session.store(row(spec, 1, odd, false));
      session.store(row(spec, 2, "two", false));
      session.store(row(spec, 3, null, false));
      session.store(row(spec, 4, "", false));
      session.commit(Json.object());
      session.store(row(spec, 2, "", true));
      session.store(row(spec, 3, odd.repeat(20_000), false));
      session.store(row(spec, 9, "", true));
      session.store(row(spec, 5, "\\N", false));
      session.commit(Json.object());
    }
    assertThat(texts(0)).isEqualTo(Map.of(1, odd, 3, odd.repeat(20_000), 4, "", 5, "\\N"));
  }
}

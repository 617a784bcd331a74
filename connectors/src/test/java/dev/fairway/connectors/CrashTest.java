package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source, collection, derivation and destination, in a process that is killed again and again. */
class CrashTest {
  private static final int ROWS = 3000;
  private static final int KILLS = 6;

  private static final String AIRBYTE = """
      case "$1" in
      check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
      read) n=0
        while [ $# -gt 0 ]; do [ "$1" = --state ] && n=$(sed 's/.*"n":\\([0-9]*\\).*/\\1/' "$2"); shift; done
        while [ $n -lt 3000 ]; do
          n=$((n+1))
          echo '{"type":"RECORD","record":{"stream":"rows","data":{"id":'$n',"text":"row '$n'"},"emitted_at":1}}'
          if [ $((n % 7)) = 0 ] || [ $n = 3000 ]; then echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},"stream_state":{"n":'$n'}}}}'; fi
          if [ $((n % 100)) = 0 ]; then sleep 0.05; fi
        done;;
      esac
      """;

  private static final String SINGER = """
      n=0
      while [ $# -gt 0 ]; do [ "$1" = --state ] && n=$(sed 's/.*"at":\\([0-9]*\\).*/\\1/' "$2"); shift; done
      echo '{"type":"SCHEMA","stream":"lines","schema":{},"key_properties":[]}'
      while [ $n -lt 3000 ]; do
        n=$((n+1))
        echo '{"type":"RECORD","stream":"lines","record":{"line":'$n'}}'
        if [ $((n % 11)) = 0 ]; then echo '{"type":"STATE","value":{"currently_syncing":"lines","bookmarks":{"lines":{"at":'$n'}}}}'; fi
        if [ $((n % 100)) = 0 ]; then sleep 0.05; fi
      done
      echo '{"type":"STATE","value":{"bookmarks":{"lines":{"at":3000}}}}'
      """;

  /** Publishes each row with how many rows it has seen, which is its state. */
  private static final String DERIVE = """
      c=0
      while IFS= read -r line; do case "$line" in
      '{"spec"'*) echo '{"spec":{"protocol":3032023}}';;
      '{"validate"'*) echo '{"validated":{"transforms":[{}]}}';;
      '{"open"'*) s=${line##*'"count":'}; [ "$s" = "$line" ] || c=${s%%[!0-9]*}; echo '{"opened":{}}';;
      '{"read"'*) n=${line##*'"id":'}; n=${n%%[!0-9]*}; c=$((c+1)); echo '{"published":{"doc":{"id":'$n',"seen":'$c'}}}';;
      '{"flush"'*) echo '{"flushed":{}}';;
      '{"startCommit"'*) echo '{"startedCommit":{"state":{"updated":{"count":'$c'},"mergePatch":true}}}';;
      esac; done
      """;

  @TempDir
  Path dir;

  @Test
  void everyRowArrivesOnceThoughTheNodeIsKilled() throws Exception {
    Files.writeString(dir.resolve("airbyte.sh"), AIRBYTE);
    Files.writeString(dir.resolve("singer.sh"), SINGER);
    Files.writeString(dir.resolve("derive.sh"), DERIVE);
    Path file = Files.writeString(dir.resolve("flow.yaml"),
        """
            captures:
              acme/airbyte:
                interval: 1s
                endpoint: { airbyte: { command: [sh, airbyte.sh], config: {} } }
                bindings: [{ resource: { stream: rows, syncMode: incremental }, target: acme/rows }]
              acme/singer:
                interval: 1s
                endpoint: { singer: { command: [sh, singer.sh], config: {} } }
                bindings: [{ resource: { tap_stream_id: lines, stream: lines, replication_method: FULL_TABLE }, target: acme/lines }]
            collections:
              acme/rows:
                schema: { type: object, properties: { id: { type: integer }, text: { type: string } }, required: [id] }
                key: [/id]
              acme/lines:
                schema: { type: object, properties: { line: { type: integer }, _meta: { type: object, properties: { row_id: { type: integer } }, required: [row_id] } }, required: [_meta] }
                key: [/_meta/row_id]
              acme/seen:
                schema: { type: object, properties: { id: { type: integer }, seen: { type: integer } }, required: [id, seen] }
                key: [/seen]
                derive:
                  using: { local: { command: [sh, derive.sh], config: {} } }
                  transforms: [{ name: rows, source: acme/rows, shuffle: any }]
            materializations:
              acme/sqlite:
                endpoint: { connector: { image: fairway/materialize-sqlite, config: { path: %s } } }
                bindings: [{ source: acme/rows, resource: { table: rows } }, { source: acme/lines, resource: { table: lines } }]
              acme/files:
                endpoint: { connector: { image: fairway/materialize-files, config: { directory: %s } } }
                bindings: [{ source: acme/rows, resource: { file: rows.jsonl } }, { source: acme/lines, resource: { file: lines.jsonl } }, { source: acme/seen, resource: { file: seen.jsonl } }]
            """
            .formatted(dir.resolve("out.db"), dir.resolve("out")));
    Random random = new Random(1);
    for (int i = 0; i < KILLS; i++) {
      Process node = NodeProcess.start(dir, file);
      node.waitFor(300 + random.nextInt(1500), TimeUnit.MILLISECONDS);
      node.destroyForcibly().waitFor();
    }
    Process node = NodeProcess.start(dir, file);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200))
          .until(() -> lines("rows.jsonl") >= ROWS && lines("lines.jsonl") >= ROWS
              && lines("seen.jsonl") >= ROWS && rows("rows") >= ROWS
              && rows("lines") >= ROWS);
    } finally {
      node.destroyForcibly().waitFor();
    }
    assertThat(column("SELECT id FROM rows ORDER BY id")).isEqualTo(numbers());
    assertThat(column("SELECT line FROM lines ORDER BY line")).isEqualTo(numbers());
    assertThat(values("rows.jsonl", "id")).isEqualTo(numbers());
    assertThat(values("lines.jsonl", "line")).isEqualTo(numbers());
    assertThat(values("seen.jsonl", "id")).isEqualTo(numbers());
    assertThat(values("seen.jsonl", "seen")).isEqualTo(numbers());
  }

  private static List<Integer> numbers() {
    return IntStream.rangeClosed(1, ROWS).boxed().toList();
  }

  private long lines(String name) throws IOException {
    Path file = dir.resolve("out").resolve(name);
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private List<Integer> values(String name, String member) throws IOException {
    return Files.readAllLines(dir.resolve("out").resolve(name)).stream()
        .map(line -> Json.parse(line).path(member).asInt(0)).toList();
  }

  private int rows(String table) {
    try {
      return column("SELECT count(*) FROM " + table).getFirst();
    } catch (SQLException e) {
      return 0;
    }
  }

  private List<Integer> column(String sql) throws SQLException {
    List<Integer> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out.db"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getInt(1));
      }
    }
    return values;
  }
}

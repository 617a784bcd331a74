package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.ConnectorMain;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.sealed.Sealed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A destination that is a program of its own, spoken to over pipes. */
class FlowMaterializeTest {
  @TempDir
  Path dir;
  private final StringWriter err = new StringWriter();

  /** The program: a destination of ours behind the Flow protocol. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      ConnectorMain.run(new SqliteMaterialize());
    }
  }

  private Path flow(String command) throws Exception {
    return Files.writeString(dir.resolve("flow.yaml"),
        """
            materializations:
              acme/out:
                endpoint: { local: { command: %s, config: { path: %s/out.db } } }
                bindings: [{ source: acme/rows, resource: { table: rows } }]
            collections:
              acme/rows: { schema: { type: object, properties: { n: { type: integer }, text: { type: string } }, required: [n] }, key: [/n] }
            """
            .formatted(command, dir));
  }

  private void materialize(Path flow, String fixture) throws Exception {
    Path file = Files.writeString(dir.resolve("fixture.json"), fixture);
    new ConnectorCommands(new PrintWriter(new StringWriter()), new PrintWriter(err),
        new Sealed(List.of(), Clock.systemUTC()), dir.resolve("scratch")).materialize(flow, Optional.empty(),
            Optional.of(file), Optional.of(dir.resolve("data")), Duration.ofMinutes(1));
  }

  @Test
  void rowsAreStoredReplacedAndTakenAway() throws Exception {
    Path flow = flow("[" + System.getProperty("java.home") + "/bin/java, --enable-native-access=ALL-UNNAMED, -cp, \""
        + System.getProperty("java.class.path") + "\", \"" + Program.class.getName() + "\"]");
    materialize(flow,
        """
            [[["acme/rows",{"n":1,"text":"one"}],["acme/rows",{"n":2,"text":"two"}],["acme/rows",{"n":3,"text":"three"}]],
             [["acme/rows",{"n":1,"text":"uno"}],["acme/rows",{"n":2,"_meta":{"op":"d"}}],["acme/rows",{"n":9,"_meta":{"op":"d"}}]]]
            """);
    assertThat(err.toString()).contains("stored 2 transactions of acme/out");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out.db"))) {
      assertThat(SqliteMaterializeTest.numbers(connection)).containsExactly(1, 3);
    }
  }

  @Test
  void aProgramThatDiesIsQuoted() throws Exception {
    Path flow = flow("[sh, -c, \"echo 'no such warehouse' >&2; exit 3\"]");
    assertThatThrownBy(() -> materialize(flow, "[[[\"acme/rows\",{\"n\":1}]]]"))
        .hasMessageContaining("no such warehouse")
        .hasMessageContaining("exit code 3");
  }

  @Test
  void aProgramThatEndsTooEarlyIsTold() throws Exception {
    Path flow = flow("[sh, -c, \"echo 'nothing to do today' >&2\"]");
    assertThatThrownBy(() -> materialize(flow, "[[[\"acme/rows\",{\"n\":1}]]]"))
        .hasMessageContaining("nothing to do today").hasMessageContaining("ended before it answered")
        .hasMessageContaining("exit code 0");
  }
}

package dev.fairway.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line of connectors, as it is typed. */
class ConnectorCommandTest {
  private static final String SOURCE = """
      case "$1" in
      spec) echo '{"type":"SPEC","spec":{"documentationUrl":"https://docs.example","connectionSpecification":{"type":"object"}}}';;
      check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
      discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"things","json_schema":{"type":"object"},"supported_sync_modes":["full_refresh"]}]}}';;
      read) echo '{"type":"RECORD","record":{"stream":"things","data":{"n":1},"emitted_at":1}}';;
      esac
      """;

  @TempDir
  Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new ConnectorCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void everyCommandRuns() throws Exception {
    Files.writeString(dir.resolve("source.sh"), SOURCE);
    String flow = Files.writeString(dir.resolve("test.flow.yaml"), """
        captures:
          acmeCo/source-things:
            endpoint: { airbyte: { command: [sh, source.sh], config: config.yaml } }
            bindings: []
        """).toString();
    String config = Files.writeString(dir.resolve("config.yaml"), "plain: yes\n").toString();
    for (List<String> command : List.of(List.of("spec", "--source", flow),
        List.of("discover", "--source", flow, "--emit-raw"), List.of("discover", "--source", flow),
        List.of("validate", "--source", flow, "--name", "acmeCo/source-things", "--allow-private"),
        List.of("preview", "--source", flow, "--sessions", "1", "--timeout", "1m", "--output-state"),
        List.of("capture", "--source", flow, "--capture", "acmeCo/source-things", "--print-checkpoint"),
        List.of("keygen", dir.resolve("keys.txt").toString()), List.of("unseal", config))) {
      out.getBuffer().setLength(0);
      assertThat(run(command.toArray(String[]::new))).as(command + "\n" + err).isZero();
      assertThat(out.toString().isEmpty()).as(command.toString())
          .isEqualTo(command.contains("discover") && !command.contains("--emit-raw"));
    }
  }

  @Test
  void aWrongRequestIsTold() {
    assertThat(run("preview", "--timeout", "soon")).isEqualTo(2);
    assertThat(err.toString()).contains("\"soon\" is not a duration; write 30s, 5m or 1h 10m");
    assertThat(run("seal", "file.yaml")).isEqualTo(2);
    assertThat(err.toString()).contains("--age");
  }

  @Test
  void everyCommandTellsWhatItIsFor() {
    for (String name : new CommandLine(new ConnectorCommand()).getSubcommands().keySet()) {
      out.getBuffer().setLength(0);
      assertThat(run(name, "--help")).as(name).isZero();
      assertThat(out.toString()).as(name).startsWith("Usage:");
    }
  }
}

package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a connector's author: spec, discover, validate, preview, and a sealed configuration beside the file. */
class ConnectorCommandsTest {
  private static final String SOURCE = """
      case "$1" in
      spec) echo '{"type":"SPEC","spec":{"documentationUrl":"https://docs.example","connectionSpecification":{"type":"object"}}}';;
      check) grep -q hush "$3" && echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' || echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"no token"}}';;
      discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"things","json_schema":{"type":"object"},"supported_sync_modes":["full_refresh"]}]}}';;
      read) for i in 1 2 3; do echo '{"type":"RECORD","record":{"stream":"things","data":{"n":'$i'},"emitted_at":1}}'; done;;
      esac
      """;

  private static final String COUNTER = """
      case "$1" in
      check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
      read) n=0
        while [ $# -gt 0 ]; do [ "$1" = --state ] && n=$(sed 's/.*"n":\\([0-9]*\\).*/\\1/' "$2"); shift; done
        while true; do
          n=$((n+1))
          echo '{"type":"RECORD","record":{"stream":"n","data":{"n":'$n'},"emitted_at":1}}'
          echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"n"},"stream_state":{"n":'$n'}}}}'
        done;;
      esac
      """;

  @TempDir
  Path dir;
  private final Sealed.KeyPair key = Sealed.newKeyPair();
  private final Sealed sealed = new Sealed(List.of(key.identity()), Clock.systemUTC());
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final SealCommands sealing = new SealCommands(new PrintWriter(out, true), new PrintWriter(err, true), sealed);
  private ConnectorCommands commands;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    commands = new ConnectorCommands(new PrintWriter(out), new PrintWriter(err), sealed,
        dir.resolve("scratch"));
    Files.writeString(dir.resolve("source.sh"), SOURCE);
    Files.writeString(dir.resolve("config.yaml"), "region: antarctica\ntoken_sops: hush\n");
    file = Files.writeString(dir.resolve("test.flow.yaml"), """
        captures:
          acmeCo/source-things:
            endpoint: { airbyte: { command: [sh, source.sh], config: config.yaml } }
            bindings: []
        """);
  }

  @Test
  void fromSpecToPreviewWithASealedConfiguration() throws Exception {
    sealing.seal(dir.resolve("config.yaml"), List.of(key.recipient()), "_sops");
    assertThat(Files.readString(dir.resolve("config.yaml"))).contains("region").contains("ENC[AES256_GCM")
        .doesNotContain("hush");
    sealing.unseal(dir.resolve("config.yaml"));
    assertThat(taken()).isEqualTo("{\"region\":\"antarctica\",\"token\":\"hush\"}\n");

    commands.spec(file, Optional.empty());
    assertThat(Json.parse(taken()).path("documentationUrl").asString("")).isEqualTo("https://docs.example");

    commands.discover(file, Optional.empty(), true);
    assertThat(Json.parse(taken()).path("key")).isEqualTo(Json.parse("[\"/_meta/row_id\"]"));
    commands.discover(file, Optional.empty(), false);
    commands.discover(file, Optional.empty(), false);
    FlowFile.Capture capture = FlowFile.read(file, sealed).captures().values().iterator().next();
    assertThat(capture.bindings()).singleElement().extracting(FlowFile.CaptureBinding::target)
        .isEqualTo("acmeCo/things");

    commands.validate(file, Optional.of("acmeCo/source-things"));
    assertThat(taken()).isEqualTo("{\"resourcePath\":[\"things\"]}\n");

    commands.preview(file, Optional.empty(), options(-1), true, true);
    assertThat(taken().lines()).containsExactly("[\"applied.actionDescription\",\"\"]",
        "[\"acmeCo/things\",{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\",\"row_id\":0,\"op\":\"u\"},\"n\":1}]",
        "[\"acmeCo/things\",{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\",\"row_id\":1,\"op\":\"u\"},\"n\":2}]",
        "[\"acmeCo/things\",{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\",\"row_id\":2,\"op\":\"u\"},\"n\":3}]",
        "[\"connectorState\",{\"updated\":{\"bindingStateV1\":{\"things\":{\"state\":{},\"rowId\":3}}},\"mergePatch\":true}]",
        "[\"connectorState\",{\"updated\":{\"bindingStateV1\":{\"things\":{\"state\":{},\"rowId\":3}}}}]");

    commands.capture(file, Optional.empty(), true);
    assertThat(taken().lines()).first().asString().startsWith("acmeCo/things {\"_meta\":{");
    assertThat(err.toString()).contains("Apply RPC Response: {\"actionDescription\":\"\"}");
  }

  private static Preview.Options options(int... sessions) {
    return new Preview.Options(Arrays.stream(sessions).boxed().toList(), Duration.ZERO, Duration.ofMinutes(1),
        Json.object());
  }

  @Test
  void eachSessionGoesOnWhereTheOneBeforeItEnded() throws Exception {
    Files.writeString(dir.resolve("counter.sh"), COUNTER);
    Files.writeString(file, """
        captures:
          acmeCo/counter:
            endpoint: { airbyte: { command: [sh, counter.sh], config: {} } }
            bindings: [{ resource: { stream: n, syncMode: incremental }, target: acmeCo/n }]
        collections:
          acmeCo/n: { schema: { type: object }, key: [/n] }
        """);
    commands.preview(file, Optional.empty(), options(2, 1), false, false);
    assertThat(taken().lines().map(line -> Json.parse(line).path(1).path("n").asInt(0))).containsExactly(1, 2, 3);
  }

  @Test
  void aFixtureIsMaterializedTransactionByTransaction() throws Exception {
    Path out = dir.resolve("out");
    Files.writeString(file, """
        materializations:
          acmeCo/files:
            endpoint: { connector: { image: fairway/materialize-files, config: { directory: %s } } }
            bindings: [{ source: acmeCo/n, resource: { file: n.jsonl } }]
        collections:
          acmeCo/n: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """.formatted(out));
    Path fixture = Files.writeString(dir.resolve("fixture.json"), """
        [[["acmeCo/n",{"n":1}],["acmeCo/n",{"n":2}]],[["acmeCo/n",{"n":1,"again":true}]]]
        """);
    commands.materialize(file, Optional.empty(), Optional.of(fixture), Optional.empty(), Duration.ofMinutes(1));
    assertThat(err.toString()).contains("stored 2 transactions of acmeCo/files");
    assertThat(Files.readAllLines(out.resolve("n.jsonl"))).hasSize(3).last().asString().contains("\"again\":true");
  }

  @Test
  void whatACaptureOfTheFileHasGoesToItsDestination() throws Exception {
    sealing.seal(dir.resolve("config.yaml"), List.of(key.recipient()), "_sops");
    commands.discover(file, Optional.empty(), false);
    Files.writeString(dir.resolve("both.flow.yaml"), """
        import: [test.flow.yaml]
        materializations:
          acmeCo/sqlite:
            endpoint: { connector: { image: fairway/materialize-sqlite, config: { path: %s } } }
            bindings: [{ source: acmeCo/things, resource: { table: things } }]
        """.formatted(dir.resolve("out.db")));
    commands.materialize(dir.resolve("both.flow.yaml"), Optional.empty(), Optional.empty(),
        Optional.of(dir.resolve("kept")), Duration.ofMinutes(1));
    assertThat(err.toString()).contains("stored 1 transaction of acmeCo/sqlite");
  }

  @Test
  void aKeyIsNeverWrittenOver() throws Exception {
    Path keys = dir.resolve("keys.txt");
    sealing.keygen(keys);
    String recipient = taken().strip();
    assertThat(Files.readString(keys)).startsWith("# public key: " + recipient).contains("AGE-SECRET-KEY-1");
    assertThat(Files.getPosixFilePermissions(keys)).hasSize(2);
    assertThatThrownBy(() -> sealing.keygen(keys)).hasMessageContaining("is there already");
  }

  @Test
  void everyProblemOfAFileIsToldAtOnce() throws IOException {
    Files.writeString(file, """
        captures:
          acmeCo/source-bigdata:
            endpont: {}
            endpoint: { local: { command: [python], config: {} } }
            bindings: [{ resource: {}, target: acmeCo/big }]
          acmeCo/other:
            endpoint: { local: { command: [] } }
            interval: often
        collections:
          acmeCo/bigdata: { schema: {}, key: [/_meta/row_id] }
        """);
    assertThatThrownBy(() -> FlowFile.read(file, sealed))
        .hasMessageContaining("unknown member \"endpont\"; did you mean endpoint?")
        .hasMessageContaining("no collection acmeCo/big; did you mean acmeCo/bigdata?")
        .hasMessageContaining("a command needs at least the program's name").hasMessageContaining("3 problems");
  }

  @Test
  void aFailedCheckIsToldInTheSourcesWords() throws Exception {
    Files.writeString(dir.resolve("config.yaml"), "region: antarctica\n");
    assertThatThrownBy(() -> commands.validate(file, Optional.empty())).hasMessage("no token");
    assertThatThrownBy(() -> commands.spec(file, Optional.of("nobody")))
        .hasMessage("no task nobody; there are [acmeCo/source-things]");
  }

  private String taken() {
    String text = out.toString();
    out.getBuffer().setLength(0);
    return text;
  }
}

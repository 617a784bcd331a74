package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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

  @TempDir
  Path dir;
  private final Sealed.KeyPair key = Sealed.newKeyPair();
  private final Sealed sealed = new Sealed(List.of(key.identity()), Clock.systemUTC());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private ConnectorCommands commands;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    commands = new ConnectorCommands(new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), sealed, dir.resolve("scratch"));
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
    commands.seal(dir.resolve("config.yaml"), List.of(key.recipient()), "_sops");
    assertThat(Files.readString(dir.resolve("config.yaml"))).contains("region").contains("ENC[AES256_GCM")
        .doesNotContain("hush");
    commands.unseal(dir.resolve("config.yaml"));
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

    commands.preview(file, Optional.empty(), Json.object(), true, -1);
    assertThat(taken().lines()).containsExactly(
        "[\"acmeCo/things\",{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\",\"row_id\":0,\"op\":\"u\"},\"n\":1}]",
        "[\"acmeCo/things\",{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\",\"row_id\":1,\"op\":\"u\"},\"n\":2}]",
        "[\"acmeCo/things\",{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\",\"row_id\":2,\"op\":\"u\"},\"n\":3}]",
        "[\"connectorState\",{\"updated\":{\"bindingStateV1\":{\"things\":{\"state\":{},\"rowId\":3}}}}]");
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
    String text = out.toString(StandardCharsets.UTF_8);
    out.reset();
    return text;
  }
}

package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.sealed.Sealed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A Singer target: what it is told, and what it must answer. */
class SingerMaterializeTest {
  /* Keeps what it is told, and echoes the last state at the end, as targets do. */
  private static final String TARGET = "out=$(sed 's/.*\"path\":\"\\([^\"]*\\)\".*/\\1/' \"$2\"); cat > \"$out/told\";"
      + " grep '\"STATE\"' \"$out/told\" | tail -n 1 | sed 's/.*\"value\"://; s/}$//'";
  private static final String FIXTURE = """
      [[["acme/rows",{"n":1,"inner":{"deep":"a"}}]],[["acme/rows",{"n":2}]]]
      """;

  @TempDir
  Path dir;

  private void materialize(String target, String config, String stage) throws Exception {
    Files.writeString(dir.resolve("target.sh"), target);
    Path flow = Files.writeString(dir.resolve("flow.yaml"),
        """
            materializations:
              acme/out:
                endpoint: { singer: { command: [sh, target.sh], config: %s %s } }
                bindings: [{ source: acme/rows, resource: { stream: lines } }]
            collections:
              acme/rows: { schema: { type: object, properties: { n: { type: integer }, inner: { type: object, properties: { deep: { type: string } } } }, required: [n] }, key: [/n] }
            """
            .formatted(config, stage));
    Path fixture = Files.writeString(dir.resolve("fixture.json"), FIXTURE);
    new ConnectorCommands(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()),
        new Sealed(List.of(), Clock.systemUTC()), dir.resolve("scratch")).materialize(flow, Optional.empty(),
            Optional.of(fixture), Optional.of(dir.resolve("data")), Duration.ofMinutes(1));
  }

  @Test
  void eachTransactionIsAProcessAndAFolder() throws Exception {
    materialize(TARGET, "{ path: \"{{stage}}\" }", ", stage: out");
    List<JsonNode> first = Files.readAllLines(dir.resolve("out/00000001/told")).stream().map(Json::parse).toList();
    assertThat(first).extracting(message -> message.path("type").asString("")).containsExactly("SCHEMA", "RECORD",
        "STATE");
    assertThat(first.getFirst().path("key_properties")).isEqualTo(Json.parse("[\"n\"]"));
    assertThat(first.getFirst().at("/schema/properties/inner/type")).isEqualTo(Json.parse("[\"object\",\"null\"]"));
    assertThat(first.get(1).path("record")).isEqualTo(Json.parse("{\"n\":1,\"inner\":{\"deep\":\"a\"}}"));
    assertThat(Files.readString(dir.resolve("out/00000002/told"))).contains("\"n\":2").doesNotContain("\"n\":1,");
    assertThat(dir.resolve("out/00000002/checkpoint.json")).exists();
  }

  @Test
  void aTargetThatDoesNotConfirmHasStoredNothing() {
    assertThatThrownBy(() -> materialize("cat > /dev/null", "{ path: \"{{stage}}\" }", ", stage: out"))
        .hasMessageContaining("did not confirm transaction 1");
    assertThat(dir.resolve("out/00000001")).doesNotExist();
  }

  @Test
  void aStageMustBeNamedWhereItsFolderGoes() {
    assertThatThrownBy(() -> materialize(TARGET, "{ path: somewhere }", ", stage: out"))
        .hasMessageContaining("does not name");
    assertThatThrownBy(() -> materialize(TARGET, "{ path: \"{{stage}}\" }", "")).hasMessageContaining("stage: FOLDER");
  }
}

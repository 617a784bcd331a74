package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.sealed.Sealed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An Airbyte destination as a program: what it is told, what it must answer, and what is said when it does not. */
class AirbyteMaterializeTest {
  private static final String ONE = "[\"acme/rows\",{\"n\":1,\"at\":\"2026-01-01T00:00:00Z\"}]";
  private static final String TWO = "[\"acme/rows\",{\"n\":2}]";
  private static final String ONE_GONE = "[\"acme/rows\",{\"n\":1,\"_meta\":{\"op\":\"d\"}}]";

  @TempDir
  Path dir;

  private static List<String> command() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC", "-cp", Path.of("target/test-classes").toAbsolutePath().toString(),
        FileDestination.class.getName());
  }

  private void materialize(String behave, String resource, int backfill, String... transactions) throws Exception {
    materialize("{ folder: " + dir.resolve("out") + ", behave: " + behave + " }", "", resource, backfill, transactions);
  }

  private void materialize(String config, String stage, String resource, int backfill, String... transactions)
      throws Exception {
    Path flow = Files.writeString(dir.resolve("flow.yaml"),
        """
            materializations:
              acme/out:
                endpoint: { airbyte: { command: [%s], config: %s %s } }
                bindings: [{ source: acme/rows, resource: %s, backfill: %d }]
            collections:
              acme/rows: { schema: { type: object, properties: { n: { type: integer }, at: { type: string, format: date-time } }, required: [n] }, key: [/n] }
            """
            .formatted(String.join(", ", command()), config, stage, resource, backfill));
    Path fixture = Files.writeString(dir.resolve("fixture.json"), "[" + String.join(",", transactions) + "]");
    new ConnectorCommands(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()),
        new Sealed(List.of(), Clock.systemUTC()), dir.resolve("scratch")).materialize(flow, Optional.empty(),
            Optional.of(fixture), Optional.of(dir.resolve("data")), Duration.ofMinutes(1));
  }

  private List<Integer> rows() throws IOException {
    return rows(dir.resolve("out/lines.jsonl"));
  }

  private static List<Integer> rows(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(line -> Json.parse(line).path("n").asInt(0)).toList();
  }

  private List<JsonNode> catalogs() throws IOException {
    return Files.readAllLines(dir.resolve("out/catalogs")).stream().map(line -> Json.parse(line).at("/streams/0"))
        .toList();
  }

  @Test
  void rowsOfAKeyAreDeduplicatedByTheDestination() throws Exception {
    materialize("well", "{ stream: lines, namespace: shop }", 0, "[" + ONE + "," + TWO + "]", "[" + ONE_GONE + "]");
    assertThat(rows()).containsExactly(2);
    JsonNode stream = catalogs().getFirst();
    assertThat(stream.path("destination_sync_mode").stringValue()).isEqualTo("append_dedup");
    assertThat(stream.at("/stream/namespace").stringValue()).isEqualTo("shop");
    assertThat(stream.path("primary_key")).isEqualTo(Json.parse("[[\"n\"]]"));
    assertThat(stream.path("generation_id").intValue()).isEqualTo(1);
    assertThat(stream.path("minimum_generation_id").intValue()).isZero();
    assertThat(stream.at("/stream/json_schema/properties/at/airbyte_type").stringValue())
        .isEqualTo("timestamp_with_timezone");
    List<JsonNode> told = Files.readAllLines(dir.resolve("out/told")).stream().map(Json::parse).toList();
    assertThat(told).extracting(message -> message.path("type").stringValue()).containsExactly("TRACE", "RECORD",
        "RECORD", "STATE", "TRACE", "TRACE", "RECORD", "STATE", "TRACE");
    assertThat(told.get(3).at("/state/sourceStats/recordCount").doubleValue()).isEqualTo(2.0);
    assertThat(told.get(6).at("/record/emitted_at").longValue())
        .isGreaterThan(told.get(1).at("/record/emitted_at").longValue());
  }

  @Test
  void onlyTheFirstTransactionOfABackfillOverwrites() throws Exception {
    String resource = "{ stream: lines, destinationSyncMode: overwrite }";
    materialize("well", resource, 0, "[" + ONE + "]", "[" + TWO + "]");
    assertThat(rows()).containsExactly(1, 2);
    materialize("well", resource, 1, "[" + ONE + "]");
    assertThat(catalogs()).extracting(stream -> stream.path("destination_sync_mode").stringValue())
        .containsExactly("overwrite", "append", "overwrite");
    assertThat(catalogs()).extracting(stream -> stream.path("minimum_generation_id").intValue())
        .containsExactly(1, 1, 2);
    assertThat(rows()).as("everything that was ever in the collection, once").containsExactly(1, 2, 1);
  }

  @Test
  void aDestinationThatDiesIsQuotedAndItsTransactionWrittenAgain() throws Exception {
    String append = "{ stream: lines, destinationSyncMode: append }";
    assertThatThrownBy(() -> materialize("die", append, 0, "[" + ONE + "]")).hasMessageContaining("the disk is on fire")
        .asInstanceOf(InstanceOfAssertFactories.type(ConnectorFailedException.class))
        .extracting(ConnectorFailedException::retriable).isEqualTo(true);
    materialize("die", append, 0, "[" + TWO + "]");
    assertThat(rows()).as("at least once").containsExactly(1, 1, 2);
  }

  @Test
  void withAStageADestinationOfFilesIsExact() throws Exception {
    String config = "{ folder: \"{{stage}}\", behave: die }";
    assertThatThrownBy(() -> materialize(config, ", stage: out", "{ stream: lines }", 0, "[" + ONE + "]"))
        .hasMessageContaining("the disk is on fire");
    assertThat(dir.resolve("out/00000001")).doesNotExist();
    materialize("{ folder: \"{{stage}}\" }", ", stage: out", "{ stream: lines }", 0, "[" + TWO + "]");
    assertThat(rows(dir.resolve("out/00000001/lines.jsonl"))).containsExactly(1, 2);
    assertThat(dir.resolve("out/00000001/checkpoint.json")).exists();
  }

  @Test
  void aDestinationThatChattersIsHeardAllTheSame() throws Exception {
    materialize("chatter", "{ stream: lines }", 0, "[" + ONE + "]");
    assertThat(rows()).containsExactly(1);
  }

  @Test
  void anAnswerThatCannotBeReadIsTheReason() {
    assertThatThrownBy(() -> materialize("garble", "{ stream: lines }", 0, "[" + ONE + "]"))
        .hasMessageContaining("printed a message that cannot be read: {\"type\":\"STATE\"")
        .asInstanceOf(InstanceOfAssertFactories.type(ConnectorFailedException.class))
        .extracting(ConnectorFailedException::retriable).isEqualTo(false);
  }

  @Test
  void oneThatDoesNotEchoItsStateHasStoredNothing() {
    assertThatThrownBy(() -> materialize("forget", "{ stream: lines }", 0, "[" + ONE + "]"))
        .hasMessageContaining("did not confirm transaction 1");
    assertThatThrownBy(() -> materialize("leave", "{ stream: lines }", 0, "[" + ONE + "]"))
        .isInstanceOf(ConnectorFailedException.class);
  }

  @Test
  void aCheckThatFailsSaysWhyAndASyncModeMustBeKnown() throws Exception {
    assertThatThrownBy(() -> materialize("refuse", "{ stream: lines }", 0, "[" + ONE + "]"))
        .hasMessageContaining("the password is wrong");
    assertThatThrownBy(
        () -> materialize("well", "{ stream: lines, destinationSyncMode: update }", 0, "[" + ONE + "]"))
        .hasMessageContaining("no destinationSyncMode \"update\"").hasMessageContaining("append_dedup");
    AirbyteMaterialize program = new AirbyteMaterialize(command(), Map.of(), Optional.empty(),
        Programs.in(dir, dir.resolve("scratch"), line -> {}), InstantSource.system());
    assertThat(program.spec().configSchema().at("/properties/password/secret").asBoolean(false)).isTrue();
  }
}

package dev.fairway.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.task.TaskTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Captures by real programs, written in sh. */
class CaptureTaskTest extends RowsFixture {
  /** Prints rows up to 100 with a state after every tenth; goes on after the number in the state file. */
  static final String COUNTER = """
      case "$1" in
      spec) echo '{"type":"SPEC","spec":{"documentationUrl":"https://example.org","connectionSpecification":{"type":"object","properties":{"token":{"type":"string","airbyte_secret":true}}}}}';;
      check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
      discover) echo 'hello from a library'
        echo '{"type":"CATALOG","catalog":{"streams":[{"name":"rows","json_schema":{"type":"object","properties":{"id":{"type":["null","integer"]},"n":{"type":["null","string"]}}},"supported_sync_modes":["full_refresh","incremental"],"source_defined_primary_key":[["id"]]}]}}';;
      read) n=0
        while [ $# -gt 0 ]; do [ "$1" = --state ] && n=$(sed 's/.*"n":\\([0-9]*\\).*/\\1/' "$2"); shift; done
        echo '{"type":"LOG","log":{"level":"INFO","message":"from '$n'"}}'
        i=$n
        while [ $i -lt 100 ]; do
          i=$((i+1))
          echo '{"type":"RECORD","record":{"stream":"rows","data":{"id":'$i',"n":"value '$i'","_meta":{"own":1,"op":"x"}},"emitted_at":1}}'
          if [ $((i % 10)) = 0 ]; then echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},"stream_state":{"n":'$i'}}}}'; fi
          if [ "$DIE_AT" = $i ]; then echo "the source's disk is on fire" >&2; exit 3; fi
        done;;
      esac
      """;

  private final List<LogLine> logs = new CopyOnWriteArrayList<>();

  /** Room for a few rows, so that a collection goes on in several files. */
  @Override
  int segmentBytes() {
    return 2000;
  }

  @Test
  void everyRowIsCapturedOnceThoughTheSourceDies() throws Exception {
    assertThatThrownBy(() -> airbyte(COUNTER, Map.of("DIE_AT", "37")).run())
        .hasMessageContaining("the source's disk is on fire").hasMessageContaining("exit code 3");
    assertThat(ids()).hasSize(30);
    assertThatThrownBy(() -> airbyte(COUNTER, Map.of("DIE_AT", "61")).run()).hasMessageContaining("on fire");
    airbyte(COUNTER, Map.of()).run();
    assertThat(ids()).containsExactlyElementsOf(range(1, 100));
    assertThat(rows().getLast().path("_meta").path("row_id").asInt()).isEqualTo(99);
  }

  @Test
  void documentsKeepTheirShape() throws Exception {
    airbyte(COUNTER, Map.of()).run();
    JsonNode first = rows().getFirst();
    assertThat(first.path("_meta").path("uuid").asString("")).matches("[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab].*");
    assertThat(first.path("_meta").path("op").asString("")).isEqualTo("u");
    assertThat(first.path("_meta").path("own").asInt(0)).isEqualTo(1);
    assertThat(first.path("n").asString("")).isEqualTo("value 1");
    List<String> uuids = rows().stream().map(d -> d.path("_meta").path("uuid").asString("")).toList();
    assertThat(uuids).doesNotHaveDuplicates();
  }

  @Test
  void stateIsKeptPerBinding() throws Exception {
    airbyte(COUNTER, Map.of()).run();
    JsonNode state = store.read(view -> TaskTable.state(view, "acme/source"));
    assertThat(state).isEqualTo(Json.parse("""
        {"bindingStateV1":{"rows":{"state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},
        "stream_state":{"n":100}}},"rowId":100}}}"""));
  }

  @Test
  void globalStateIsSplitAndPutTogetherAgain() throws Exception {
    String global = """
        while [ $# -gt 0 ]; do [ "$1" = --state ] && cat "$2" >&2; shift; done
        echo '{"type":"RECORD","record":{"stream":"rows","data":{"id":1},"emitted_at":1}}'
        echo '{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"lsn":null,"x":7},"stream_states":[{"stream_descriptor":{"name":"rows"},"stream_state":{"n":1}}]}}}'
        """;
    airbyte(global, Map.of()).run();
    airbyte(global, Map.of()).run();
    assertThat(logs.getLast().message())
        .isEqualTo("[{\"type\":\"GLOBAL\",\"global\":{\"shared_state\":{\"lsn\":null,\"x\":7},"
            + "\"stream_states\":[{\"stream_descriptor\":{\"name\":\"rows\"},\"stream_state\":{\"n\":1}}]}}]");
  }

  @Test
  void legacyStateIsGivenBackAsItWas() throws Exception {
    String legacy = """
        while [ $# -gt 0 ]; do [ "$1" = --state ] && cat "$2" >&2; shift; done
        echo '{"type":"STATE","state":{"data":{"rows":{"n":[1,null]}}}}'
        """;
    airbyte(legacy, Map.of()).run();
    airbyte(legacy, Map.of()).run();
    assertThat(logs.getLast().fields()).isEqualTo(Json.parse("{\"rows\":{\"n\":[1,null]}}"));
  }

  @Test
  void discoveryMakesKeysThatCannotBeNull() throws Exception {
    var bindings = program(COUNTER, Map.of()).discover(Json.object()).bindings();
    assertThat(bindings).singleElement().satisfies(binding -> {
      assertThat(binding.key()).containsExactly("/id");
      assertThat(binding.resourceConfig()).isEqualTo(Json.parse("{\"stream\":\"rows\",\"syncMode\":\"incremental\"}"));
      assertThat(binding.documentSchema()).isEqualTo(Json.parse("""
          {"type":"object","properties":{"id":{"type":"integer"},"n":{"type":["null","string"]},
          "_meta":{"properties":{"row_id":{"type":"integer"}},"type":"object","required":["row_id"]}},
          "x-infer-schema":true,"required":["id"]}"""));
    });
    assertThat(program(COUNTER, Map.of()).spec().configSchema().path("properties").path("token").path("secret")
        .asBoolean(false)).isTrue();
  }

  @Test
  void junkOnStandardOutputIsALogLine() throws Exception {
    airbyte("echo 'Loading...'; echo '[1]'; echo '{\"type\":\"NEWS\"}';" + row("{\"id\":1}"), Map.of()).run();
    assertThat(ids()).containsExactly(1);
    assertThat(logs).extracting(LogLine::message).anyMatch(m -> m.contains("Loading..."))
        .anyMatch(m -> m.contains("unknown message of type NEWS"));
  }

  @Test
  void aDocumentThatBreaksItsSchemaStopsTheCaptureAndIsShown() {
    assertThatThrownBy(() -> airbyte(row("{\"id\":\"one\"}"), Map.of()).run())
        .hasMessageContaining("acme/rows: /id: is string and must be integer").hasMessageContaining("{\"id\":\"one\"}");
    assertThatThrownBy(() -> airbyte(row("{\"id\":null}"), Map.of()).run()).hasMessageContaining("the key /id is null");
    assertThatThrownBy(() -> airbyte(row("{\"x\":1}"), Map.of()).run()).hasMessageContaining("the key /id is missing");
  }

  @Test
  void brokenRecordsAreRefusedNotStored() {
    assertThatThrownBy(() -> airbyte("printf '{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\"'", Map.of()).run())
        .hasMessageContaining("ended inside a message");
    assertThatThrownBy(
        () -> airbyte("echo '{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\",\"data\":[]}}'", Map.of())
            .run())
        .hasMessageContaining("a record that cannot be read");
  }

  @Test
  void oneEndlessLineDoesNotFillTheMemory() {
    assertThatThrownBy(() -> new CaptureTask(
        new AirbyteCapture(List.of("sh", "-c", "cat /dev/zero", "sh"), Map.of(), programs().withLineLimit(1 << 20)),
        spec(), true, store, collections, CaptureTask.MEMORY, Clock.systemUTC()).run())
        .hasMessageContaining("a line longer than 1048576 bytes");
  }

  @Test
  void silenceIsEndedWithEverythingItStarted() {
    assertThatThrownBy(() -> new CaptureTask(
        new AirbyteCapture(List.of("sh", "-c", "trap '' TERM; echo waiting >&2; sleep 600 & sleep 600", "sh"), Map.of(),
            programs().withIdle(Duration.ofMillis(300)).withPatience(Duration.ofMillis(300))),
        spec(), true, store, collections, CaptureTask.MEMORY, Clock.systemUTC()).run())
        .hasMessageContaining("said nothing for").hasMessageContaining("waiting");
  }

  @Test
  void airbyteErrorTracesAreTheReason() {
    assertThatThrownBy(() -> airbyte(
        """
            echo '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"wrong password","failure_type":"config_error"}}}'
            echo 'Traceback: blah' >&2; exit 1
            """,
        Map.of()).run()).hasMessageContaining("wrong password");
  }

  @Test
  void aLargeTransactionSpillsToDisk() throws Exception {
    new CaptureTask(program(COUNTER, Map.of()), spec(), true, store, collections, 64, Clock.systemUTC()).run();
    assertThat(ids()).containsExactlyElementsOf(range(1, 100));
    try (var files = Files.list(collections.scratch())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatACrashLeftBehindTheCommittedEndIsGone() throws Exception {
    airbyte(COUNTER, Map.of("DIE_AT", "0")).run();
    long end = collections.get("acme/rows").end();
    collections.close();
    Path last;
    try (var files = Files.list(dir.resolve("collections/=acme%2Frows"))) {
      last = files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList().getLast();
    }
    Files.writeString(last, "{\"half", StandardOpenOption.APPEND);
    openCollections();
    assertThat(collections.get("acme/rows").end()).isEqualTo(end);
    assertThat(ids()).hasSize(100);
    Files.write(last, new byte[0]);
    collections.close();
    openCollections();
    assertThatThrownBy(() -> collections.get("acme/rows")).hasRootCauseMessage("collection acme/rows should be " + end
        + " bytes long and has only " + Long.parseLong(last.getFileName().toString().replace(".jsonl", "")) + " in "
        + dir.resolve("collections/=acme%2Frows") + "; its files were damaged or taken away");
  }

  @Test
  void flowConnectorsAreAcknowledgedAfterTheCommit() throws Exception {
    String flow = """
        read spec; echo '{"spec":{"protocol":3032023,"configSchema":{},"resourceConfigSchema":{},"documentationUrl":"","resourcePathPointers":["/name"]}}'
        read open; echo '{"opened":{"explicitAcknowledgements":true}}'
        echo '{"captured":{"doc":{"id":1}}}'
        echo '{"captured":{"binding":0,"doc":{"id":2,"_meta":{"uuid":"DocUUIDPlaceholder-329Bb50aa48EAa9ef"}}}}'
        echo '{"checkpoint":{"state":{"updated":{"cursor":2},"mergePatch":true}}}'
        read ack; echo "got $ack" >&2
        """;
    flow(flow).run();
    assertThat(logs).extracting(LogLine::message).anyMatch(m -> m.equals("got {\"acknowledge\":{\"checkpoints\":1}}"));
    assertThat(ids()).containsExactly(1, 2);
    JsonNode state = store.read(view -> TaskTable.state(view, "acme/source"));
    assertThat(state).isEqualTo(Json.parse("{\"cursor\":2}"));
  }

  @Test
  void documentsWithoutACheckpointAreAnErrorAtTheEnd() {
    String start = "read s; echo '{\"spec\":{\"protocol\":3032023}}'; read o; echo '{\"opened\":{}}';";
    assertThatThrownBy(() -> flow(start + "echo '{\"captured\":{\"doc\":{\"id\":1}}}'").run())
        .hasMessageContaining("unexpected capture connector EOF while within a checkpoint");
    assertThatThrownBy(() -> flow(start + "echo '{\"captured\":{\"binding\":7,\"doc\":{\"id\":1}}}'").run())
        .hasMessageContaining("named binding 7; there are 1");
    assertThatThrownBy(() -> flow("read s; echo '{\"spec\":{\"protocol\":1}}'").run())
        .hasMessageContaining("speaks protocol 1");
    assertThatThrownBy(() -> flow("echo oops").run()).hasMessageContaining("not JSON");
    assertThatThrownBy(() -> flow("exit 7").run()).hasMessageContaining("exit code 7");
    assertThat(ids()).isEmpty();
  }

  private CaptureTask flow(String script) {
    return new CaptureTask(new FlowCapture(List.of("sh", "-c", script, "sh"), Map.of(), Wire.JSON, programs()), spec(),
        false, store, collections, CaptureTask.MEMORY, Clock.systemUTC());
  }

  private CaptureTask airbyte(String script, Map<String, String> env) {
    return new CaptureTask(program(script, env), spec(), true, store, collections, CaptureTask.MEMORY,
        Clock.systemUTC());
  }

  private AirbyteCapture program(String script, Map<String, String> env) {
    return new AirbyteCapture(List.of("sh", "-c", script, "sh"), env, programs());
  }

  private Programs programs() {
    return Programs.in(dir, dir.resolve("scratch"), logs::add);
  }

  private static CaptureSpec spec() {
    return spec(Json.parse("{\"stream\":\"rows\",\"syncMode\":\"incremental\"}"));
  }

  private static String row(String data) {
    return "echo '{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\",\"data\":" + data + ",\"emitted_at\":1}}'";
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toList();
  }
}

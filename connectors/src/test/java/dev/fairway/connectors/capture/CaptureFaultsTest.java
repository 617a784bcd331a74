package dev.fairway.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.task.TaskTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Programs that break off in the middle of what they print: what was checkpointed stays, and the next session goes on from it. */
class CaptureFaultsTest extends RowsFixture {
  private static final String TWO_ROWS = airbyteRow(1) + airbyteRow(2)
      + """
          echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},"stream_state":{"n":2}}}}'
          """;

  private static String airbyteRow(int id) {
    return "echo '{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\",\"data\":{\"id\":" + id
        + "},\"emitted_at\":1}}'\n";
  }

  private CaptureTask airbyte(String script) {
    return task(new AirbyteCapture(List.of("sh", "-c", script, "sh"), Map.of(), programs()));
  }

  private CaptureTask singer(String script) {
    return task(new SingerCapture(List.of("sh", "-c", script, "sh"), Map.of(), programs()));
  }

  private CaptureTask task(CaptureProgram program) {
    return task(program, Clock.systemUTC());
  }

  private CaptureTask task(CaptureProgram program, Clock clock) {
    CaptureSpec spec = spec(
        Json.parse("{\"stream\":\"rows\",\"syncMode\":\"incremental\",\"replication_method\":\"FULL_TABLE\"}"));
    return new CaptureTask(program, spec, true, store, collections, CaptureTask.MEMORY, clock);
  }

  private Programs programs() {
    return Programs.in(dir, dir.resolve("scratch"), line -> {});
  }

  private JsonNode state() {
    return store.read(view -> TaskTable.state(view, "acme/source")).path("bindingStateV1").path("rows").path("state")
        .path("stream").path("stream_state");
  }

  /** What was checkpointed is there, nothing else is, and a better program goes on with the third row. */
  private void goesOnBehindTheSecondRow() throws Exception {
    assertThat(ids()).containsExactly(1, 2);
    assertThat(state()).isEqualTo(Json.parse("{\"n\":2}"));
    airbyte("grep -q '\"n\":2' \"$7\" || exit 9\n" + airbyteRow(3)).run();
    assertThat(ids()).containsExactly(1, 2, 3);
  }

  @Test
  void aRecordThatIsNotUtf8IsNotPassedOver() throws Exception {
    String broken = "'{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\",\"data\":{\"id\":3,\"x\":\"\\377\"}}}\\n'";
    assertThatThrownBy(() -> airbyte(TWO_ROWS + "printf " + broken).run())
        .hasMessageContaining("a message that cannot be read").hasMessageContaining("\"id\":3");
    goesOnBehindTheSecondRow();
  }

  @Test
  void halfARecordOnALineOfItsOwnIsNotPassedOver() throws Exception {
    assertThatThrownBy(() -> airbyte(TWO_ROWS + "echo '{\"type\":\"RECORD\",\"record\":{\"str'").run())
        .hasMessageContaining("a message that cannot be read");
    assertThatThrownBy(() -> singer("echo '{\"type\":\"RECORD\",\"stream\":\"rows\",\"rec'").run())
        .hasMessageContaining("a message that cannot be read");
    goesOnBehindTheSecondRow();
  }

  /** What is no frame today is none tomorrow. */
  @Test
  void aFrameThatIsTooLongOrNoMessageEndsTheProgramForGood() {
    Map.of("\\377\\377\\377\\377junk", "a message says it has 4294967295 bytes",
        "\\002\\000\\000\\000\\060\\001", "has wire type 0").forEach((said, reason) -> {
          String script = "echo 'my last words' >&2; printf '" + said + "'; exec sleep 600";
          assertThatThrownBy(() -> task(
              new FlowCapture(List.of("sh", "-c", script), Map.of(), Wire.PROTO, programs())).run())
              .isInstanceOfSatisfying(ConnectorFailedException.class, e -> assertThat(e.retriable()).isFalse())
              .hasMessageContaining("a message that cannot be read").hasMessageContaining(reason)
              .hasMessageContaining("my last words");
        });
  }

  @Test
  void aStateOfAnUnknownKindStopsTheCapture() throws Exception {
    assertThatThrownBy(() -> airbyte(TWO_ROWS + airbyteRow(3)
        + "echo '{\"type\":\"STATE\",\"state\":{\"type\":\"PARTIAL\",\"data\":{}}}'").run())
        .hasMessageContaining("a state of unknown type PARTIAL");
    goesOnBehindTheSecondRow();
  }

  @Test
  void aTypeThatChangesInMidStreamStopsTheCapture() throws Exception {
    assertThatThrownBy(() -> airbyte(TWO_ROWS
        + "echo '{\"type\":\"RECORD\",\"record\":{\"stream\":\"rows\",\"data\":{\"id\":\"three\"}}}'").run())
        .hasMessageContaining("/id: is string and must be integer").hasMessageContaining("three");
    goesOnBehindTheSecondRow();
  }

  @Test
  void aSourceThatDoesNotKnowTheStateSaysSoAndTheStateStays() throws Exception {
    airbyte(TWO_ROWS).run();
    assertThatThrownBy(() -> airbyte("echo 'state is of version 7, I know 8' >&2; exit 1").run())
        .hasMessageContaining("state is of version 7, I know 8").hasMessageContaining("exit code 1");
    goesOnBehindTheSecondRow();
  }

  @Test
  void whatIgnoresSigtermAndWhatItForkedIsGone() throws Exception {
    Path children = dir.resolve("children");
    String stubborn = "trap '' TERM\n" + TWO_ROWS + "sleep 600 & echo $! > '" + children + "'; wait; sleep 600";
    CaptureTask task = task(new AirbyteCapture(List.of("sh", "-c", stubborn, "sh"), Map.of(),
        programs().withPatience(Duration.ofMillis(200))));
    Thread running = Thread.ofPlatform().start(() -> {
      try {
        task.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    Awaitility.await().atMost(Duration.ofMinutes(1))
        .until(() -> Files.exists(children) && Files.readString(children).endsWith("\n") && ids().size() == 2);
    task.stop();
    assertThat(running.join(Duration.ofMinutes(1))).isTrue();
    long child = Long.parseLong(Files.readString(children).strip());
    Awaitility.await().atMost(Duration.ofMinutes(1))
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    goesOnBehindTheSecondRow();
  }

  /** The session looks at the clock when it is being made: too early to be told of a stop, too late to be kept from starting. */
  @Test
  void aStopThatComesWhileTheSessionBeginsIsNotLost() throws Exception {
    Path started = dir.resolve("started");
    AtomicReference<CaptureTask> task = new AtomicReference<>();
    InstantSource stops = () -> {
      Objects.requireNonNull(task.get()).stop();
      return Instant.EPOCH;
    };
    task.set(task(new AirbyteCapture(List.of("sh", "-c", "touch '" + started + "'; exec sleep 600", "sh"), Map.of(),
        programs()), stops.withZone(ZoneOffset.UTC)));
    Objects.requireNonNull(task.get()).run();
    assertThat(started).doesNotExist();
  }

  @Test
  void aProgramUnderADebuggerMaySayNothingForLong() throws Exception {
    Programs impatient = programs().withIdle(Duration.ofMillis(100));
    List<String> waits = List.of("sh", "-c", "sleep 1\n" + TWO_ROWS, "sh");
    assertThatThrownBy(() -> task(new AirbyteCapture(waits, Map.of(), impatient)).run())
        .hasMessageContaining("said nothing for");
    assertThatThrownBy(() -> task(new AirbyteCapture(waits, Map.of("TOPIC", "jdwp --inspect"), impatient)).run())
        .hasMessageContaining("said nothing for");
    task(new AirbyteCapture(waits, Map.of("JAVA_OPTS", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y"),
        impatient)).run();
    goesOnBehindTheSecondRow();
  }
}

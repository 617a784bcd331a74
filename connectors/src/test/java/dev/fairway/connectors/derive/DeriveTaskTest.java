package dev.fairway.connectors.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Derivations;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Derivations by a real program, written in sh. */
class DeriveTaskTest {
  private static final int ROWS = 5;

  /** Publishes each number with how many it has seen, which is its state; keeps what it was asked in a file. */
  private static final String COUNTER = """
      c=0
      while IFS= read -r line; do
        [ -n "$HEARD" ] && printf '%s\\n' "$line" >> "$HEARD"
        case "$line" in
        '{"spec"'*) echo '{"spec":{"protocol":3032023,"configSchema":{"type":"object"},"resourceConfigSchema":{},"documentationUrl":"https://example.org"}}';;
        '{"validate"'*) echo '{"validated":{"transforms":[{"readOnly":false}'"$MORE"']}}';;
        '{"open"'*) s=${line##*'"count":'}; [ "$s" = "$line" ] || c=${s%%[!0-9]*}; echo '{"opened":{}}';;
        '{"read"'*) n=${line##*'"n":'}; n=${n%%[!0-9]*}; c=$((c+1)); echo '{"published":{"doc":{"n":'$n',"seen":'$c'}}}';;
        '{"flush"'*) echo '{"flushed":{}}';;
        '{"startCommit"'*) echo '{"startedCommit":{"state":{"updated":{"count":'$c'},"mergePatch":true}}}';;
        esac
      done
      """;

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();

  private FlowFile file(String script, String env, String transforms) throws IOException {
    Files.writeString(dir.resolve("derive.sh"), script);
    return FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        collections:
          acme/rows: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/late: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/seen:
            schema: { type: object, properties: { n: { type: integer }, seen: { type: integer } }, required: [n, seen] }
            key: [/seen]
            derive:
              using: { local: { command: [sh, derive.sh], config: { much: 1 }, env: { %s } } }
              shuffleKeyTypes: [integer]
              transforms: [%s]
        """.formatted(env, transforms)), new Sealed(List.of(), clock));
  }

  private static final String ROWS_BY_NUMBER = "{ name: rows, source: acme/rows, shuffle: { key: [/n] }, lambda: { by: 2 } }";

  private DeriveTask task(FlowFile file, Data data, int broken) throws Exception {
    Derivation derivation = derivation(file);
    return task(file, data, new BreakingDerive(Derivations.program(derivation, dir, line -> {}), broken));
  }

  private DeriveTask task(FlowFile file, Data data, DeriveProgram program) throws Exception {
    Derivation derivation = derivation(file);
    // Small transactions, so that there are several.
    return new DeriveTask(program, Derivations.validated(file, derivation, program), derivation, data.store(),
        data.collections(), new DeriveTask.Bounds(100, 64), clock);
  }

  private static Derivation derivation(FlowFile file) {
    return Objects.requireNonNull(file.derivations().get("acme/seen"));
  }

  @Test
  void aSessionThatBreaksOffAtAnyStepLosesAndDoublesNothing() throws Exception {
    FlowFile file = file(COUNTER, "", ROWS_BY_NUMBER);
    boolean broken = true;
    for (int step = 0; broken; step++) {
      try (Data data = data("step" + step)) {
        data.fill("acme/rows", 1, ROWS);
        BreakingDerive breaking = new BreakingDerive(Derivations.program(derivation(file), dir, line -> {}), step);
        try {
          task(file, data, breaking).runToEnd();
        } catch (IllegalStateException e) {
          assertThat(e).hasMessage("broken off");
        }
        broken = breaking.broken();
        task(file, data, Integer.MAX_VALUE).runToEnd();
        assertThat(data.numbers("seen")).as("broken off at step " + step).isEqualTo(numbers(1, ROWS));
        assertThat(data.numbers("n")).as("broken off at step " + step).isEqualTo(numbers(1, ROWS));
      }
    }
  }

  @Test
  void stateAndPlaceAreKept() throws Exception {
    FlowFile file = file(COUNTER, "", ROWS_BY_NUMBER);
    try (Data data = data("kept")) {
      data.fill("acme/rows", 1, 2);
      task(file, data, Integer.MAX_VALUE).runToEnd();
      data.fill("acme/rows", 3, 4);
      task(file, data, Integer.MAX_VALUE).runToEnd();
      assertThat(data.numbers("n")).isEqualTo(numbers(1, 4));
      assertThat(data.numbers("seen")).isEqualTo(numbers(1, 4));
      JsonNode state = data.store().read(view -> TaskTable.state(view, "acme/seen"));
      assertThat(state).isEqualTo(Json.parse("{\"count\":4}"));
      assertThat(task(file, data, Integer.MAX_VALUE).runToEnd()).isZero();
    }
  }

  @Test
  void whatTheConnectorIsToldIsWhatTheProtocolSays() throws Exception {
    Path heard = dir.resolve("heard");
    FlowFile file = file(COUNTER, "HEARD: heard", ROWS_BY_NUMBER);
    try (Data data = data("told")) {
      data.fill("acme/rows", 7, 7);
      task(file, data, Integer.MAX_VALUE).runToEnd();
      long end = data.collections().get("acme/rows").end();
      List<JsonNode> told = Files.readAllLines(heard).stream().map(Json::parse).toList();
      assertThat(told.stream().flatMap(line -> line.propertyNames().stream())).containsExactly("spec", "validate",
          "spec", "open", "read", "flush", "startCommit");
      JsonNode open = told.get(3).path("open");
      assertThat(open.path("state")).isEqualTo(Json.object());
      JsonNode derivation = open.path("collection").path("derivation");
      assertThat(derivation.path("config")).isEqualTo(Json.parse("{\"much\":1}"));
      assertThat(derivation.path("shuffleKeyTypes")).isEqualTo(Json.parse("[\"INTEGER\"]"));
      JsonNode transform = derivation.path("transforms").path(0);
      assertThat(transform.path("lambdaConfig")).isEqualTo(Json.parse("{\"by\":2}"));
      assertThat(transform.path("shuffleKey")).isEqualTo(Json.parse("[\"/n\"]"));
      JsonNode read = told.get(4).path("read");
      assertThat(read.path("shuffle").path("packed").asString("")).isEqualTo("FQc=");
      assertThat(read.path("shuffle").path("key")).isEqualTo(Json.parse("[7]"));
      // 2024-01-01T00:00:00Z in units of 100 ns since 1582-10-15, times 16.
      assertThat(read.path("uuid").path("clock").asString("")).isEqualTo("2227737600000000112");
      assertThat(told.get(6)).isEqualTo(Json.parse("{\"startCommit\":{\"runtimeCheckpoint\":{\"sources\":{"
          + "\"acme/rows;derive/acme/seen/rows\":{\"readThrough\":\"" + end + "\"}}}}}"));
    }
  }

  @Test
  void higherPriorityComesFirstAndTimeDecidesAmongEquals() throws Exception {
    for (int priority : List.of(0, 1)) {
      FlowFile file = file(COUNTER, "MORE: ',{}'", ROWS_BY_NUMBER
          + ", { name: late, source: acme/late, shuffle: any, priority: " + priority + " }");
      try (Data data = data("priority" + priority)) {
        data.fill("acme/rows", 1, 2);
        data.fill("acme/late", 3, 4);
        task(file, data, Integer.MAX_VALUE).runToEnd();
        assertThat(data.numbers("n")).isEqualTo(priority == 0 ? List.of(1, 2, 3, 4) : List.of(3, 4, 1, 2));
      }
    }
  }

  @Test
  void aDocumentIsNotReadBeforeItsDelay() throws Exception {
    FlowFile file = file(COUNTER, "", "{ name: rows, source: acme/rows, shuffle: any, readDelay: 36500d }");
    try (Data data = data("delay")) {
      data.fill("acme/rows", 1, 1);
      assertThat(task(file, data, Integer.MAX_VALUE).runToEnd()).isZero();
    }
  }

  @Test
  void aProgramThatPublishesMoreThanAPipeHoldsIsHeard() throws Exception {
    FlowFile file = file("""
        long=$(printf '%0100000d' 0)
        while IFS= read -r line; do case "$line" in
        '{"spec"'*) echo '{"spec":{"protocol":3032023}}';;
        '{"validate"'*) echo '{"validated":{"transforms":[{}]}}';;
        '{"open"'*) echo '{"opened":{}}';;
        '{"read"'*) for i in 1 2 3 4 5; do echo '{"published":{"doc":{"n":1,"seen":1,"text":"'$long'"}}}'; done;;
        '{"flush"'*) echo '{"flushed":{}}';;
        '{"startCommit"'*) echo '{"startedCommit":{}}';;
        esac; done
        """, "", ROWS_BY_NUMBER);
    try (Data data = data("much")) {
      data.fill("acme/rows", 1, 20);
      task(file, data, Integer.MAX_VALUE).runToEnd();
      assertThat(data.collections().get("acme/seen").documents()).isEqualTo(100);
    }
  }

  @Test
  void whatCannotBeInTheCollectionStopsTheTask() throws Exception {
    FlowFile file = file(COUNTER.replace("\"seen\":", "\"scene\":"), "", ROWS_BY_NUMBER);
    try (Data data = data("bad")) {
      data.fill("acme/rows", 1, 1);
      assertThatThrownBy(() -> task(file, data, Integer.MAX_VALUE).runToEnd())
          .hasMessageContaining("a document cannot be in acme/seen").hasMessageContaining("/seen");
      assertThat(data.collections().get("acme/seen").documents()).isZero();
    }
  }

  @Test
  void theConnectorsLastWordsAreTheReason() throws Exception {
    FlowFile file = file(COUNTER.replace("'{\"flush\"'*) ", "'{\"flush\"'*) echo 'the abacus broke' >&2; exit 4; "), "",
        ROWS_BY_NUMBER);
    try (Data data = data("dead")) {
      data.fill("acme/rows", 1, 1);
      assertThatThrownBy(() -> task(file, data, Integer.MAX_VALUE).runToEnd())
          .hasMessageContaining("the abacus broke").hasMessageContaining("exit code 4");
    }
  }

  @Test
  void aPersonSeesWhatIsDerivedFromAFixture() throws Exception {
    var _ = file(COUNTER, "", ROWS_BY_NUMBER);
    Path fixture = Files.writeString(dir.resolve("fixture.json"),
        "[[[\"acme/rows\",{\"n\":5}],[\"acme/rows\",{\"n\":6}]],[[\"acme/rows\",{\"n\":7}]]]");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ConnectorCommands commands = new ConnectorCommands(new PrintWriter(out), new PrintWriter(err),
        new Sealed(List.of(), clock), dir.resolve("scratch"));
    commands.derive(dir.resolve("flow.yaml"), Optional.empty(), Optional.of(fixture), Optional.empty(),
        Duration.ofMinutes(1));
    assertThat(out.toString().lines()).containsExactly(
        "{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\"},\"n\":5,\"seen\":1}",
        "{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\"},\"n\":6,\"seen\":2}",
        "{\"_meta\":{\"uuid\":\"DocUUIDPlaceholder-329Bb50aa48EAa9ef\"},\"n\":7,\"seen\":3}");
    assertThat(err.toString()).contains("derived 2 transactions of acme/seen");
  }

  @Test
  void allProblemsOfADerivationAreTold() {
    assertThatThrownBy(() -> file(COUNTER, "",
        "{ name: rows, source: acme/row, shuffel: any }, { name: rows, source: acme/rows }"))
        .hasMessageContaining("unknown member \"shuffel\"; did you mean shuffle?")
        .hasMessageContaining("two transforms have the same name");
    assertThatThrownBy(() -> file(COUNTER, "", "{ name: rows, source: acme/row }"))
        .hasMessageContaining("no collection acme/row; did you mean acme/rows?");
    assertThatThrownBy(() -> file(COUNTER, "", "{ name: rows, source: acme/rows, shuffle: { lambda: 1 } }"))
        .hasMessageContaining("shuffle must be any, or { key:");
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toList();
  }

  private Data data(String name) {
    Path folder = dir.resolve(name);
    SqlStore store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("store")), clock, List.of("connectors"));
    return new Data(store, new Collections(store, folder.resolve("collections"), 1000));
  }

  /** Collections of a test's own. */
  private record Data(SqlStore store, Collections collections) implements AutoCloseable {
    /** Documents of 2024-01-01, each a tenth of a microsecond and more after the one before. */
    void fill(String name, int from, int to) {
      try (Spool spool = new Spool(collections.scratch(), 1 << 16)) {
        for (int n = from; n <= to; n++) {
          // A version 1 UUID of that time (RFC 9562, section 5.1).
          String uuid = "%08x-a838-11ee-8000-010000000001".formatted(0xb4cc8000 + n);
          spool.write(Json.bytes(Json.parse("{\"_meta\":{\"uuid\":\"" + uuid + "\"},\"n\":" + n + "}")));
          spool.endDocument();
        }
        collections.commit(Map.of(collections.get(name), List.of(spool)), tx -> {});
      }
    }

    List<Integer> numbers(String member) throws IOException {
      List<Integer> values = new ArrayList<>();
      try (CollectionReader reader = collections.get("acme/seen").read(0)) {
        while (reader.next()) {
          values.add(Json.parse(reader.buffer(), reader.from(), reader.to()).path(member).asInt(-1));
        }
      }
      return values;
    }

    @Override
    public void close() {
      collections.close();
      store.close();
    }
  }
}

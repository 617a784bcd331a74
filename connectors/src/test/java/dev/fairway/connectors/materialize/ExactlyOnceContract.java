package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a destination that keeps the runtime's checkpoint promises: rows and place are committed together, by one session. */
abstract class ExactlyOnceContract {
  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  final Sealed sealed = new Sealed(List.of(), clock);

  /** The endpoint's configuration; a fresh destination for each number. */
  abstract ObjectNode config(int number) throws Exception;

  /** {@code materialize-…} */
  abstract String image();

  abstract ObjectNode resource();

  /** How many sessions try at the same time. */
  int rivalsAtOnce() {
    return 4;
  }

  /** What the destination holds: the {@code n} of each row, in order. */
  abstract List<Integer> stored(int number) throws Exception;

  /** How many rows are stored, in several transactions; fewer where a session is dear to begin. */
  int rows() {
    return 5;
  }

  /** How many sessions run after and beside each other. */
  int rivals() {
    return 24;
  }

  FlowFile file(int number) throws Exception {
    return FlowFile.read(Files.writeString(dir.resolve("flow" + number + ".yaml"),
        """
            materializations:
              acme/out:
                endpoint: { connector: { image: fairway/%s, config: %s } }
                bindings: [{ source: acme/rows, resource: %s }]
            collections:
              acme/rows: { schema: { type: object, properties: { n: { type: integer }, text: { type: string } }, required: [n] }, key: [/n] }
            """
            .formatted(image(), Json.text(config(number)), Json.text(resource()))),
        sealed);
  }

  private static FlowFile.Materialization task(FlowFile file) {
    return Objects.requireNonNull(file.materializations().get("acme/out"));
  }

  MaterializeProgram program(FlowFile file) {
    return Tasks.program(task(file), dir.resolve("scratch"), line -> {});
  }

  MaterializationSpec spec(FlowFile file, MaterializeProgram program) throws Exception {
    return Tasks.validated(file, task(file), program);
  }

  static Transactor.Row row(MaterializationSpec spec, int n) {
    JsonNode key = Json.parse(Integer.toString(n));
    List<JsonNode> values = spec.bindings().getFirst().fieldSelection().values().stream()
        .<JsonNode>map(field -> Json.parse("\"" + field + "\"")).toList();
    ObjectNode document = Json.object().put("n", n).put("text", "row " + n);
    return new Transactor.Row(0, Packed.of(List.of(key)), List.of(key), values, document,
        false, false);
  }

  @Test
  void aSessionThatBreaksOffAtAnyStepLosesAndDoublesNothing() throws Exception {
    boolean broken = true;
    for (int step = 0; broken; step++) {
      FlowFile file = file(step);
      MaterializeProgram whole = program(file);
      MaterializationSpec spec = spec(file, whole);
      Path data = dir.resolve("data" + step);
      try (
          SqlStore store = SqlStore.open(new StorageConfig.Embedded(data.resolve("store")), clock,
              List.of("connectors"));
          Connectors connectors = new Connectors(store, data.resolve("collections"), ConnectorsConfig.of(List.of()),
              sealed,
              clock)) {
        fill(connectors.collections());
        Steps steps = new Steps(whole, step);
        try {
          // Small transactions, so that there are several.
          new MaterializeTask(steps, spec, store, connectors.collections(), 100, clock).runToEnd();
        } catch (IllegalStateException e) {
          assertThat(e).hasMessage("broken off");
        }
        broken = steps.broken();
        new MaterializeTask(whole, spec, store, connectors.collections(), 100, clock).runToEnd();
      }
      assertThat(stored(step)).as("broken off at step " + step)
          .isEqualTo(IntStream.rangeClosed(1, rows()).boxed().toList());
    }
  }

  private void fill(Collections collections) {
    try (Spool spool = new Spool(collections.scratch(), 1 << 16)) {
      for (int n = 1; n <= rows(); n++) {
        spool.write(Json.bytes(Json.parse("{\"_meta\":{\"uuid\":\"" + Protocol.UUID_PLACEHOLDER + "\"},\"n\":" + n
            + ",\"text\":\"row " + n + "\"}")));
        spool.endDocument();
      }
      collections.commit(Map.of(collections.get("acme/rows"), List.of(spool)), tx -> {});
    }
  }

  @Test
  void theLaterSessionWins() throws Exception {
    FlowFile file = file(0);
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    program.apply(spec, Json.object());
    try (Transactor first = program.open(spec, Json.object()); Transactor second = program.open(spec, Json.object())) {
      first.store(row(spec, 1));
      assertThatThrownBy(() -> first.commit(Json.object().put("at", "first")))
          .isInstanceOf(Transactor.FencedException.class).hasMessageContaining("fenced off");
      second.store(row(spec, 2));
      second.commit(Json.object().put("at", "second"));
    }
    assertThat(stored(0)).containsExactly(2);
    try (Transactor third = program.open(spec, Json.object())) {
      assertThat(third.checkpoint()).contains(Json.object().put("at", "second"));
    }
  }

  @Test
  void rivalsNeverBothWin() throws Exception {
    FlowFile file = file(0);
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    program.apply(spec, Json.object());
    List<Integer> won = new ArrayList<>();
    try (ExecutorService rivals = Executors.newFixedThreadPool(rivalsAtOnce())) {
      List<Callable<Integer>> attempts = IntStream.rangeClosed(1, rivals()).<Callable<Integer>>mapToObj(n -> () -> {
        try (Transactor session = program.open(spec, Json.object())) {
          // Each goes on from what it found committed, as the runtime does.
          long before = session.checkpoint().map(at -> at.path("count").asLong(0)).orElse(0L);
          session.store(row(spec, n));
          ConnectorState unused = session.commit(Json.object().put("count", before + 1));
          assertThat(unused).isNotNull();
          return n;
        } catch (Transactor.FencedException e) {
          return 0;
        }
      }).toList();
      for (Future<Integer> attempt : rivals.invokeAll(attempts)) {
        if (attempt.get() > 0) {
          won.add(attempt.get());
        }
      }
    }
    assertThat(stored(0)).containsExactlyInAnyOrderElementsOf(won).isNotEmpty();
    try (Transactor last = program.open(spec, Json.object())) {
      assertThat(last.checkpoint().orElseThrow().path("count").asInt(0)).isEqualTo(won.size());
    }
  }
}

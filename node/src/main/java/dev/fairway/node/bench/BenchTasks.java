package dev.fairway.node.bench;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.materialize.MaterializeProgram;
import dev.fairway.connectors.materialize.MaterializeTask;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Connectors of a node in this process, on a store of their own; the folder is gone when they are closed. */
final class BenchTasks implements AutoCloseable {
  /** Those of a node that configures none. */
  static final ConnectorsConfig BOUNDS = ConnectorsConfig.of(List.of());
  private static final String COLLECTION = "bench/rows";
  private static final String CAPTURE = "bench/in";
  private static final String MATERIALIZATION = "bench/out";

  private final Path folder;
  private final Sealed sealed = new Sealed(List.of(), Clock.systemUTC());
  private final SqlStore store;
  private final Connectors connectors;

  BenchTasks(Path folder) {
    this.folder = folder;
    store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("store")), Clock.systemUTC(),
        List.of("connectors"));
    connectors = new Connectors(store, folder.resolve("collections"), BOUNDS, sealed,
        Clock.systemUTC());
  }

  /** An endpoint that is not asked: what captures is an object of ours. */
  static ObjectNode none() {
    return program("singer", "exit 1");
  }

  /** An endpoint that is a shell script. */
  static ObjectNode program(String kind, String script) {
    ObjectNode endpoint = Json.object();
    ObjectNode program = endpoint.putObject(kind);
    program.putArray("command").add("sh").add("-c").add(script).add("source");
    program.putObject("config");
    return endpoint;
  }

  /** A specification file of one capture into a collection of the benchmark's rows, and one materialization out of it. */
  FlowFile file(JsonNode captureEndpoint, JsonNode captured, JsonNode materializeEndpoint) throws IOException {
    ObjectNode flow = Json.object();
    ObjectNode collection = flow.putObject("collections").putObject(COLLECTION);
    collection.set("schema", BenchRows.schema());
    collection.putArray("key").add("/id");
    ObjectNode capture = flow.putObject("captures").putObject(CAPTURE);
    capture.set("endpoint", captureEndpoint);
    ObjectNode binding = capture.putArray("bindings").addObject().put("target", COLLECTION);
    binding.set("resource", captured);
    if (!materializeEndpoint.isEmpty()) {
      ObjectNode out = flow.putObject("materializations").putObject(MATERIALIZATION);
      out.set("endpoint", materializeEndpoint);
      out.putArray("bindings").addObject().put("source", COLLECTION).putObject("resource").put("table", "bench_rows");
    }
    return FlowFile.read(Files.writeString(folder.resolve("flow.yaml"), Json.text(flow)), sealed);
  }

  /** Runs one session of the file's capture. */
  void capture(FlowFile file) throws Exception {
    connectors.step(file, capturing(file)).run();
  }

  /** Runs one session of a capture that is in this process. */
  void capture(FlowFile file, CaptureProgram program) throws Exception {
    CaptureSpec spec = Tasks.validated(file, capturing(file), program);
    new CaptureTask(program, spec, false, store, connectors.collections(), BOUNDS.captureMemory(), Clock.systemUTC())
        .run();
  }

  private static FlowFile.Capture capturing(FlowFile file) {
    return Objects.requireNonNull(file.captures().get(CAPTURE));
  }

  /** Stores everything the collection has. */
  void materialize(FlowFile file) throws Exception {
    connectors.materialization(file, materialization(file)).runToEnd();
  }

  /** Stores everything the collection has by a program of ours; answers how many transactions it took. */
  int materialize(FlowFile file, MaterializeProgram program) throws Exception {
    MaterializationSpec spec = Tasks.validated(file, materialization(file), program);
    return new MaterializeTask(program, spec, store, connectors.collections(), BOUNDS.transactionBytes(),
        Clock.systemUTC()).runToEnd();
  }

  private static FlowFile.Materialization materialization(FlowFile file) {
    return Objects.requireNonNull(file.materializations().get(MATERIALIZATION));
  }

  /** @throws FairwayException with {@code INVALID} unless exactly these are durable */
  void expect(BenchRows rows) {
    long documents = connectors.collections().get(COLLECTION).documents();
    if (documents != rows.count()) {
      throw new FairwayException(ErrorCode.INVALID, "captured " + documents + " of " + rows.count() + " rows");
    }
  }

  @Override
  public void close() throws IOException {
    connectors.close();
    store.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

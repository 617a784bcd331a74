package dev.fairway.connectors.task;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.StateKey;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.AirbyteCapture;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.FlowCapture;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.capture.SingerCapture;
import dev.fairway.connectors.capture.files.FilesCapture;
import dev.fairway.connectors.capture.postgres.PostgresCapture;
import dev.fairway.connectors.kafka.KafkaMaterialize;
import dev.fairway.connectors.lake.LakeMaterialize;
import dev.fairway.connectors.materialize.AirbyteMaterialize;
import dev.fairway.connectors.materialize.FieldSelections;
import dev.fairway.connectors.materialize.FileMaterialize;
import dev.fairway.connectors.materialize.FlowMaterialize;
import dev.fairway.connectors.materialize.JavaMaterialize;
import dev.fairway.connectors.materialize.LedgerMaterialize;
import dev.fairway.connectors.materialize.MaterializeProgram;
import dev.fairway.connectors.materialize.PostgresMaterialize;
import dev.fairway.connectors.materialize.SingerMaterialize;
import dev.fairway.connectors.materialize.SqliteMaterialize;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.spec.Endpoint;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.spec.Templates;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Turns what a specification file says into what can be run. */
public final class Tasks {
  private static final String SHIPPED = "fairway/materialize-sqlite, fairway/materialize-postgres, fairway/materialize-kafka,"
      + " fairway/materialize-ledger-sqlite, fairway/materialize-ledger-postgres, fairway/materialize-lake and"
      + " fairway/materialize-files";

  private Tasks() {}

  /** The program of a capture's endpoint, where there is no node. */
  public static CaptureProgram program(FlowFile.Capture capture, Path scratch, Consumer<LogLine> logs) {
    return program(capture, scratch, logs, Map.of());
  }

  /**
   * The program of a capture's endpoint.
   *
   * @param logs told every line it logs
   * @param inside what captures from the node itself, by the names of its connectors
   */
  public static CaptureProgram program(FlowFile.Capture capture, Path scratch, Consumer<LogLine> logs,
      Map<String, CaptureProgram> inside) {
    Programs programs = programs(capture.file(), scratch, logs);
    return switch (capture.endpoint()) {
      case Endpoint.Local local -> new FlowCapture(local.command(), level(local.env(), capture.shards()),
          local.wire(), programs);
      case Endpoint.Airbyte airbyte -> new AirbyteCapture(airbyte.command(), airbyte.env(), programs);
      case Endpoint.Singer singer -> new SingerCapture(singer.command(), singer.env(), programs);
      case Endpoint.Shipped(String name, var _) when inside.containsKey(name) -> inside.get(name);
      case Endpoint.Shipped(String name, var _) -> switch (name) {
        case "source-journal", "source-ledger", "source-http-ingest" ->
          throw new FairwayException(ErrorCode.CONFIGURATION,
              "fairway/" + name + " captures what a node has, so it runs in a node only");
        case "source-files" -> new JavaCapture<>(new FilesCapture());
        case "source-postgres" -> new JavaCapture<>(new PostgresCapture());
        default -> throw new FairwayException(ErrorCode.CONFIGURATION,
            "no connector fairway/" + name + " captures; those that ship are fairway/source-files,"
                + " fairway/source-postgres, fairway/source-journal, fairway/source-ledger and"
                + " fairway/source-http-ingest");
      };
      case Endpoint.Image image -> throw noEngine(image);
    };
  }

  static Programs programs(Path file, Path scratch, Consumer<LogLine> logs) {
    Path parent = file.toAbsolutePath().getParent();
    return Programs.in(parent == null ? Path.of(".") : parent, scratch, logs);
  }

  static Map<String, String> level(Map<String, String> env, FlowFile.Shards shards) {
    Map<String, String> all = new LinkedHashMap<>(Map.of("LOG_LEVEL", shards.logLevel()));
    all.putAll(env);
    return all;
  }

  /** Whether documents of this endpoint get their {@code /_meta} from us. */
  public static boolean numbersRows(Endpoint endpoint) {
    return endpoint instanceof Endpoint.Airbyte || endpoint instanceof Endpoint.Singer;
  }

  /** Asks the connector whether it would work, and makes its specification. */
  public static CaptureSpec validated(FlowFile file, FlowFile.Capture capture, CaptureProgram program)
      throws Exception {
    List<CaptureRequest.Validate.Binding> asked = capture.bindings().stream()
        .map(binding -> new CaptureRequest.Validate.Binding(binding.resource(), file.collection(binding.target()),
            binding.backfill()))
        .toList();
    CaptureResponse.Validated validated = program.validate(capture.name(), capture.endpoint().config(), asked);
    List<CaptureSpec.Binding> bindings = new ArrayList<>();
    Set<List<String>> paths = new HashSet<>();
    for (int i = 0; i < asked.size(); i++) {
      List<String> path = validated.bindings().get(i).resourcePath();
      if (!paths.add(path)) {
        throw new FairwayException(ErrorCode.CONFIGURATION,
            "two bindings of " + capture.name() + " are the same resource " + path);
      }
      bindings.add(new CaptureSpec.Binding(asked.get(i).resourceConfig(), path, asked.get(i).collection(),
          asked.get(i).backfill(), StateKey.of(path, asked.get(i).backfill())));
    }
    return new CaptureSpec(capture.name(), "LOCAL", capture.endpoint().config(), bindings,
        Math.toIntExact(capture.interval().toSeconds()), Templates.shard("capture", capture.name()),
        Templates.recoveryLog("capture", capture.name()), Json.array());
  }

  /**
   * The program of a materialization's endpoint.
   *
   * @param logs told every line it logs
   */
  public static MaterializeProgram program(FlowFile.Materialization materialization, Path scratch,
      Consumer<LogLine> logs) {
    Programs programs = programs(materialization.file(), scratch, logs);
    return switch (materialization.endpoint()) {
      case Endpoint.Shipped(String name, var _) -> switch (name) {
        case "materialize-sqlite" -> new JavaMaterialize<>(new SqliteMaterialize());
        case "materialize-postgres" -> new JavaMaterialize<>(new PostgresMaterialize());
        case "materialize-ledger-sqlite" -> new JavaMaterialize<>(LedgerMaterialize.sqlite());
        case "materialize-ledger-postgres" -> new JavaMaterialize<>(LedgerMaterialize.postgres());
        case "materialize-files" -> new JavaMaterialize<>(new FileMaterialize());
        case "materialize-kafka" -> new JavaMaterialize<>(new KafkaMaterialize());
        case "materialize-lake" -> new JavaMaterialize<>(new LakeMaterialize(scratch));
        default -> throw new FairwayException(ErrorCode.CONFIGURATION,
            "no connector fairway/" + name + "; those that ship are " + SHIPPED);
      };
      case Endpoint.Local local ->
        new FlowMaterialize(local.command(), level(local.env(), materialization.shards()), local.wire(), programs);
      case Endpoint.Singer singer -> new SingerMaterialize(singer.command(), singer.env(), singer.stage(), programs);
      case Endpoint.Image image -> throw noEngine(image);
      case Endpoint.Airbyte airbyte ->
        new AirbyteMaterialize(airbyte.command(), airbyte.env(), airbyte.stage(), programs,
            InstantSource.system());
    };
  }

  /** Asks the connector what it can store, and makes its specification. */
  public static MaterializationSpec validated(FlowFile file, FlowFile.Materialization materialization,
      MaterializeProgram program) throws Exception {
    List<MaterializeRequest.Validate.Binding> asked = materialization.bindings().stream()
        .map(binding -> new MaterializeRequest.Validate.Binding(binding.resource(), file.collection(binding.source()),
            Map.of(), binding.backfill(), List.of()))
        .toList();
    List<MaterializeResponse.Validated.Binding> validated = program
        .validate(materialization.name(), materialization.endpoint().config(), asked).bindings();
    List<MaterializationSpec.Binding> bindings = new ArrayList<>();
    Set<List<String>> paths = new HashSet<>();
    for (int i = 0; i < asked.size(); i++) {
      FlowFile.MaterializationBinding binding = materialization.bindings().get(i);
      MaterializeResponse.Validated.Binding answer = validated.get(i);
      CollectionSpec collection = asked.get(i).collection();
      List<String> path = answer.resourcePath();
      if (!paths.add(path)) {
        throw new FairwayException(ErrorCode.CONFIGURATION,
            "two bindings of " + materialization.name() + " are the same resource " + path);
      }
      String stateKey = StateKey.of(path, binding.backfill());
      bindings.add(new MaterializationSpec.Binding(binding.resource(), path, collection, Json.object(), 0,
          FieldSelections.of(collection, answer.byField(), binding), answer.deltaUpdates(),
          "materialize/" + materialization.name() + "/" + stateKey, null, null, binding.backfill(), stateKey, null));
    }
    return new MaterializationSpec(materialization.name(), "LOCAL", materialization.endpoint().config(), bindings,
        Templates.shard("materialize", materialization.name()),
        Templates.recoveryLog("materialize", materialization.name()), Json.array());
  }

  static FairwayException noEngine(Endpoint.Image image) {
    return new FairwayException(ErrorCode.CONFIGURATION, "image " + image.image()
        + " needs a container engine, which Fairway does not drive; run its program by a local, airbyte or singer endpoint");
  }
}

package dev.fairway.connectors;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Settings;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureSink;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a person does with one connector at a time. Data goes to standard output, one compact JSON value a line, in the
 * forms {@code flowctl raw} and {@code flowctl preview} print; the connector's logs go to standard error. Nothing is kept.
 */
public final class ConnectorCommands {
  private final PrintStream out;
  private final PrintStream err;
  private final Sealed sealed;
  private final Path scratch;

  /** @param scratch where files are made that live as long as a program runs */
  public ConnectorCommands(PrintStream out, PrintStream err, Sealed sealed, Path scratch) {
    this.out = out;
    this.err = err;
    this.sealed = sealed;
    this.scratch = scratch;
  }

  /** Prints what the task's connector says of itself: the members of its Spec response. */
  public void spec(Path source, Optional<String> name) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    String task = task(file, name);
    if (file.captures().containsKey(task)) {
      line(FlowCodec.tree(program(capture(file, task)).spec()));
      return;
    }
    Materialize<?, ?> connector = Tasks.connector(materialization(file, task));
    line(FlowCodec.tree(new MaterializeResponse.Spec(Protocol.VERSION, Settings.schemaOf(connector.configType()),
        Settings.schemaOf(connector.resourceType()), connector.documentationUrl(), connector.oauth2().orElse(null))));
  }

  /**
   * Finds what could be captured.
   *
   * @param emitRaw prints a line per binding; otherwise bindings and collections that are new are added to the file, and
   * what is there already stays as it was edited
   */
  public void discover(Path source, Optional<String> name, boolean emitRaw) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    FlowFile.Capture capture = capture(file, captureName(file, name));
    List<CaptureResponse.Discovered.Binding> found = program(capture).discover(capture.endpoint().config()).bindings();
    if (emitRaw) {
      found.forEach(binding -> line(FlowCodec.tree(binding)));
      return;
    }
    rewrite(capture, found);
  }

  private void rewrite(FlowFile.Capture capture, List<CaptureResponse.Discovered.Binding> found) throws IOException {
    if (!(FlowFile.tree(capture.file()) instanceof ObjectNode root)
        || !(root.path("captures").path(capture.name()) instanceof ObjectNode task)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, capture.file() + " does not hold " + capture.name());
    }
    ObjectNode collections = root.path("collections") instanceof ObjectNode old ? old : root.putObject("collections");
    var bindings = Json.array();
    task.path("bindings").forEach(bindings::add);
    String prefix = capture.name().contains("/")
        ? capture.name().substring(0, capture.name().lastIndexOf('/') + 1)
        : "";
    int added = 0;
    for (CaptureResponse.Discovered.Binding binding : found) {
      boolean known = capture.bindings().stream()
          .anyMatch(old -> sameResource(old.resource(), binding.resourceConfig()));
      if (known) {
        continue;
      }
      String target = prefix + binding.recommendedName().replaceAll("[^\\p{L}\\p{N}_./-]", "_");
      ObjectNode entry = bindings.addObject();
      entry.set("resource", binding.resourceConfig());
      entry.put("target", target);
      if (!collections.has(target)) {
        ObjectNode collection = collections.putObject(target);
        collection.set("schema", binding.documentSchema());
        var key = collection.putArray("key");
        binding.key().forEach(key::add);
      }
      added++;
    }
    task.set("bindings", bindings);
    replace(capture.file(), FlowFile.yaml(root));
    err.println("added " + added + " of " + found.size() + " discovered bindings to " + capture.file());
  }

  private static boolean sameResource(JsonNode left, JsonNode right) {
    for (String member : List.of("tap_stream_id", "stream", "namespace", "name", "table")) {
      if (!left.path(member).asString("").equals(right.path(member).asString(""))) {
        return false;
      }
    }
    return true;
  }

  /** Asks the connector whether the task would work, and prints the resource path of each binding. */
  public void validate(Path source, Optional<String> name) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    String task = task(file, name);
    if (file.captures().containsKey(task)) {
      FlowFile.Capture capture = capture(file, task);
      for (CaptureSpec.Binding binding : Tasks.validated(file, capture, program(capture)).bindings()) {
        line(resourcePath(binding.resourcePath()));
      }
      return;
    }
    FlowFile.Materialization materialization = materialization(file, task);
    Tasks.validated(file, materialization, Tasks.connector(materialization)).bindings()
        .forEach(binding -> line(resourcePath(binding.resourcePath())));
  }

  private static JsonNode resourcePath(List<String> path) {
    var array = Json.array();
    path.forEach(array::add);
    return Json.object().set("resourcePath", array);
  }

  /**
   * Runs a session of a capture and prints, after each checkpoint, its documents by key as {@code ["collection",{doc}]}.
   *
   * @param state where to begin; an empty object for the beginning
   * @param outputState whether to print {@code ["connectorState",{"updated":…}]} after each checkpoint
   * @param transactions how many checkpoints to print before the session is ended; negative for all
   */
  public void preview(Path source, Optional<String> name, JsonNode state, boolean outputState, int transactions)
      throws Exception {
    run(source, name, state, transactions, (collection, document) -> {
      line(Json.array().add(collection).add(document));
    }, outputState
        ? change -> line(Json.array().add("connectorState").add(Json.object().set("updated", change)))
        : change -> {});
  }

  /** Runs a session of a capture and prints its documents as {@code <collection> <json>}. */
  public void capture(Path source, Optional<String> name, boolean printCheckpoint) throws Exception {
    run(source, name, Json.object(), -1, (collection, document) -> out.println(collection + " " + Json.text(document)),
        printCheckpoint ? this::line : change -> {});
  }

  private void run(Path source, Optional<String> name, JsonNode state, int transactions, Documents documents,
      States states) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    FlowFile.Capture capture = capture(file, captureName(file, name));
    CaptureProgram program = program(capture);
    CaptureSpec spec = Tasks.validated(file, capture, program);
    String applied = program.apply(spec);
    if (!applied.isEmpty()) {
      err.println("applied: " + applied);
    }
    Printing printing = new Printing(spec, state, transactions, documents, states);
    try {
      program.run(spec, state, printing);
    } catch (Exception e) {
      if (!printing.stopping()) {
        throw e;
      }
    }
    out.flush();
  }

  /** Prints a sealed file in the clear, as JSON; with suffixes taken off, as a connector sees it. */
  public void unseal(Path file) {
    line(sealed.unseal(FlowFile.tree(file)));
  }

  /**
   * Seals a file in place: every value below a member whose name ends with the suffix.
   *
   * @param recipients age recipients, {@code age1…}
   */
  public void seal(Path file, List<String> recipients, String encryptedSuffix) throws IOException {
    JsonNode document = sealed.seal(FlowFile.tree(file), recipients, encryptedSuffix);
    replace(file, file.toString().endsWith(".json") ? Json.text(document) + "\n" : FlowFile.yaml(document));
    err.println("sealed " + file);
  }

  private static void replace(Path file, String content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private CaptureProgram program(FlowFile.Capture capture) {
    return Tasks.program(capture, scratch, this::log);
  }

  private void log(LogLine line) {
    ObjectNode json = Json.object().put("level", line.level()).put("message", line.message());
    if (!line.fields().isEmpty()) {
      json.set("fields", line.fields());
    }
    err.println(Json.text(json));
  }

  private void line(JsonNode value) {
    out.println(new String(Json.bytes(value), StandardCharsets.UTF_8));
  }

  private static String task(FlowFile file, Optional<String> name) {
    List<String> all = new ArrayList<>(file.captures().keySet());
    all.addAll(file.materializations().keySet());
    return choose(all, name);
  }

  private static String captureName(FlowFile file, Optional<String> name) {
    return choose(List.copyOf(file.captures().keySet()), name);
  }

  private static String choose(List<String> all, Optional<String> name) {
    if (name.isPresent() && all.contains(name.get())) {
      return name.get();
    }
    if (name.isEmpty() && all.size() == 1) {
      return all.getFirst();
    }
    throw new FairwayException(ErrorCode.INVALID,
        (name.isPresent() ? "no task " + name.get() : "name a task with --name") + "; there are " + all);
  }

  private static FlowFile.Capture capture(FlowFile file, String name) {
    FlowFile.Capture capture = file.captures().get(name);
    if (capture == null) {
      throw new FairwayException(ErrorCode.INVALID, "no capture " + name);
    }
    return capture;
  }

  private static FlowFile.Materialization materialization(FlowFile file, String name) {
    FlowFile.Materialization materialization = file.materializations().get(name);
    if (materialization == null) {
      throw new FairwayException(ErrorCode.INVALID, "no materialization " + name);
    }
    return materialization;
  }

  private interface Documents {
    void print(String collection, JsonNode document);
  }

  private interface States {
    void print(JsonNode state);
  }

  /** Keeps the last document of each key until the checkpoint, then prints. */
  private static final class Printing implements CaptureSink {
    private final CaptureSpec spec;
    private final Documents documents;
    private final States states;
    private final List<Map<Packed, JsonNode>> pending = new ArrayList<>();
    private JsonNode state;
    private int left;
    private boolean stopping;
    private Runnable onStop = () -> {};

    Printing(CaptureSpec spec, JsonNode state, int transactions, Documents documents, States states) {
      this.spec = spec;
      this.state = state;
      this.left = transactions;
      this.documents = documents;
      this.states = states;
      spec.bindings().forEach(_ -> pending.add(new LinkedHashMap<>()));
    }

    @Override
    public void document(int binding, Members document, long row, String operation) {
      ObjectNode tree = (ObjectNode) Json.parse(document.bytes(), document.from(), document.to());
      ObjectNode meta = Json.object().put("uuid", Protocol.UUID_PLACEHOLDER);
      if (row != NO_ROW) {
        meta.put("row_id", row);
      }
      if (!operation.isEmpty()) {
        meta.put("op", operation);
      }
      tree.path("_meta").properties().stream().filter(member -> !meta.has(member.getKey()))
          .forEach(member -> meta.set(member.getKey(), member.getValue()));
      ObjectNode full = Json.object();
      full.set("_meta", meta);
      tree.properties().stream().filter(member -> !member.getKey().equals("_meta"))
          .forEach(member -> full.set(member.getKey(), member.getValue()));
      Packed key = Packed.of(spec.bindings().get(binding).collection().key().stream()
          .map(pointer -> full.at(JsonPointer.compile(pointer))).toList());
      pending.get(binding).put(key, full);
    }

    @Override
    public CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change) {
      if (!stopping) {
        for (int i = 0; i < pending.size(); i++) {
          String collection = spec.bindings().get(i).collection().name();
          pending.get(i).values().forEach(document -> documents.print(collection, document));
          pending.get(i).clear();
        }
        state = change.apply(state);
        states.print(state);
        if (left > 0 && --left == 0) {
          stopping = true;
          onStop.run();
        }
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void sourcedSchema(int binding, JsonNode schema) {
      // Schemas are for the runtime; a preview keeps none.
    }

    @Override
    public boolean stopping() {
      return stopping;
    }

    @Override
    public void onStop(Runnable action) {
      onStop = action;
    }
  }
}

package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.derive.DeriveProgram;
import dev.fairway.connectors.materialize.MaterializeProgram;
import dev.fairway.connectors.oauth.Loopback;
import dev.fairway.connectors.oauth.SignIn;
import dev.fairway.connectors.oauth.TaskCredentials;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.spec.Endpoint;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Derivations;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.outbound.OutboundClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a person does with one connector at a time. Data goes to standard output, one compact JSON value a line, in the
 * forms {@code flowctl raw} and {@code flowctl preview} print; the connector's logs go to standard error. Nothing is kept, but
 * what {@link TaskCredentials} keep.
 */
public final class ConnectorCommands {
  private static final Duration CONSENT = Duration.ofSeconds(90);
  private static final Duration FOREVER = Duration.ofDays(365);

  private final PrintWriter out;
  private final PrintWriter err;
  private final Sealed sealed;
  private final Path scratch;
  private final TaskCredentials credentials;

  /**
   * With credentials as they are configured.
   *
   * @param scratch where files are made that live as long as a program runs
   */
  public ConnectorCommands(PrintWriter out, PrintWriter err, Sealed sealed, Path scratch) {
    this(out, err, sealed, scratch, TaskCredentials.AS_CONFIGURED);
  }

  /**
   * @param scratch where files are made that live as long as a program runs
   * @param credentials makes those of tasks fit for use
   */
  public ConnectorCommands(PrintWriter out, PrintWriter err, Sealed sealed, Path scratch, TaskCredentials credentials) {
    this.out = out;
    this.err = err;
    this.sealed = sealed;
    this.scratch = scratch;
    this.credentials = credentials;
  }

  /** Prints what the task's connector says of itself: the members of its Spec response. */
  public void spec(Path source, Optional<String> name) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    String task = task(file, name);
    line(FlowCodec.tree(file.captures().containsKey(task)
        ? program(capture(file, task)).spec()
        : file.derivations().containsKey(task)
            ? program(derivation(file, task)).spec()
            : program(materialization(file, task)).spec()));
  }

  /**
   * Finds what could be captured.
   *
   * @param emitRaw prints a line per binding; otherwise bindings and collections that are new are added to the file, and
   * what is there already stays as it was edited
   */
  public void discover(Path source, Optional<String> name, boolean emitRaw) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    FlowFile.Capture capture = fresh(capture(file, captureName(file, name)));
    List<CaptureResponse.Discovered.Binding> found = program(capture).discover(capture.endpoint().config()).bindings();
    if (emitRaw) {
      found.forEach(binding -> line(FlowCodec.tree(binding)));
      return;
    }
    int added = new Discovery(capture, program(capture).spec().resourcePathPointers()).add(found);
    err.println("added " + added + " of " + found.size() + " discovered bindings to " + capture.file());
  }

  /** Asks the connector whether the task would work, and prints the resource path of each binding; a derivation has none. */
  public void validate(Path source, Optional<String> name) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    String task = task(file, name);
    if (file.captures().containsKey(task)) {
      FlowFile.Capture capture = fresh(capture(file, task));
      for (CaptureSpec.Binding binding : Tasks.validated(file, capture, program(capture)).bindings()) {
        line(resourcePath(binding.resourcePath()));
      }
      return;
    }
    if (file.derivations().containsKey(task)) {
      Derivation derivation = derivation(file, task);
      DeriveProgram program = program(derivation);
      JsonNode config = fresh(task, derivation.endpoint(), () -> program.spec().oauth2());
      var _ = Derivations.validated(file, derivation.withConfig(config), program);
      err.println(task + " would work");
      return;
    }
    FlowFile.Materialization materialization = materialization(file, task);
    MaterializeProgram program = program(materialization);
    JsonNode config = fresh(task, materialization.endpoint(), () -> program.spec().oauth2());
    Tasks.validated(file, materialization.withConfig(config), program).bindings()
        .forEach(binding -> line(resourcePath(binding.resourcePath())));
  }

  private static JsonNode resourcePath(List<String> path) {
    var array = Json.array();
    path.forEach(array::add);
    return Json.object().set("resourcePath", array);
  }

  /**
   * Runs sessions of a capture and prints, after each checkpoint, its documents by key as {@code ["collection",{doc}]}.
   *
   * @param outputState whether to print {@code ["connectorState",{"updated":…,"mergePatch":true}]} after each checkpoint,
   * and the whole state at the end
   * @param outputApply whether to print what was set up as {@code ["applied.actionDescription","…"]}
   */
  public void preview(Path source, Optional<String> name, Preview.Options options, boolean outputState,
      boolean outputApply) throws Exception {
    run(source, name, options, new Preview.Told() {
      @Override
      public void document(String collection, JsonNode document) {
        line(Json.array().add(collection).add(document));
      }

      @Override
      public void checkpoint(ConnectorState change) {
        if (outputState) {
          state(change);
        }
        out.flush();
      }

      @Override
      public void end(JsonNode state) {
        if (outputState) {
          state(new ConnectorState(state, false));
        }
      }

      private void state(ConnectorState change) {
        ObjectNode json = Json.object();
        json.set("updated", change.updated());
        if (change.mergePatch()) {
          json.put("mergePatch", true);
        }
        line(Json.array().add("connectorState").add(json));
      }
    }, applied -> {
      if (outputApply) {
        line(Json.array().add("applied.actionDescription").add(applied));
      }
    });
  }

  /**
   * Runs a session of a capture and prints its documents as {@code <collection> <json>}.
   *
   * @param printCheckpoint whether to print the whole state after each checkpoint
   */
  public void capture(Path source, Optional<String> name, boolean printCheckpoint) throws Exception {
    run(source, name, new Preview.Options(List.of(-1), Duration.ZERO, FOREVER, Json.object()), new Preview.Told() {
      private JsonNode state = Json.object();

      @Override
      public void document(String collection, JsonNode document) {
        out.println(collection + " " + Json.text(document));
      }

      @Override
      public void checkpoint(ConnectorState change) {
        state = change.applyTo(state);
        if (printCheckpoint) {
          line(state);
        }
        out.flush();
      }

      @Override
      public void end(JsonNode last) {
        // Printed with the last checkpoint.
      }
    }, applied -> err.println("Apply RPC Response: " + Json.text(Json.object().put("actionDescription", applied))));
  }

  private void run(Path source, Optional<String> name, Preview.Options options, Preview.Told told,
      Consumer<String> applied) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    FlowFile.Capture capture = fresh(capture(file, captureName(file, name)));
    CaptureProgram program = program(capture);
    CaptureSpec spec = Tasks.validated(file, capture, program);
    applied.accept(program.apply(spec));
    new Preview(program, spec, options, told).run();
    out.flush();
  }

  /**
   * Runs a materialization to the end of what there is: first a session of each capture of the same file that feeds it, or
   * the documents of a fixture instead. Documents go to the destination; standard error tells how many transactions they
   * took.
   *
   * @param dir keeps collections and states from one call to the next; empty to keep nothing
   * @param timeout ends a capture's session after so long
   */
  public void materialize(Path source, Optional<String> name, Optional<Path> fixture, Optional<Path> dir,
      Duration timeout) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    FlowFile.Materialization task = materialization(file,
        choose(List.copyOf(file.materializations().keySet()), name));
    Path folder = dir.orElseGet(() -> scratch.resolve("trial"));
    int transactions;
    try (Trial trial = new Trial(source, folder, sealed, credentials)) {
      transactions = fixture.isPresent()
          ? trial.materialize(file, task, new Fixture(fixture.get(), file))
          : trial.materialize(file, task, timeout);
    }
    done("stored", transactions, task.name());
  }

  /**
   * Runs a derivation to the end of what there is, and prints the documents it published: first a session of each capture
   * of the same file that feeds it, or the documents of a fixture instead. Their {@code /_meta/uuid} is a placeholder, so
   * that two runs compare equal.
   *
   * @param dir keeps collections and states from one call to the next; empty to keep nothing
   * @param timeout ends a capture's session after so long
   */
  public void derive(Path source, Optional<String> name, Optional<Path> fixture, Optional<Path> dir, Duration timeout)
      throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    Derivation task = derivation(file, choose(List.copyOf(file.derivations().keySet()), name));
    int transactions;
    try (Trial trial = new Trial(source, dir.orElseGet(() -> scratch.resolve("trial")), sealed,
        credentials)) {
      transactions = fixture.isPresent()
          ? trial.derive(file, task, new Fixture(fixture.get(), file), this::published)
          : trial.derive(file, task, timeout, this::published);
    }
    out.flush();
    done("derived", transactions, task.name());
  }

  private void done(String what, int transactions, String task) {
    err.println(what + " " + transactions + (transactions == 1 ? " transaction" : " transactions") + " of " + task);
  }

  private void published(JsonNode document) {
    if (document.path("_meta") instanceof ObjectNode meta) {
      meta.put("uuid", Protocol.UUID_PLACEHOLDER);
    }
    line(document);
  }

  /**
   * Signs a person in at the provider of a task's connector, and prints the credentials that belong into its configuration.
   *
   * @param config the endpoint's configuration, as far as it is known without credentials
   * @param injected more values for the exchange
   * @param port where the redirect is awaited; 0 for a free one
   */
  public void oauth(Path source, Optional<String> name, SignIn.Application application, JsonNode config,
      JsonNode injected, int port, OutboundClient outbound) throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    String task = task(file, name);
    err.println("Performing oauth flow on task '" + task + "'");
    OAuth2Spec spec;
    JsonNode schema;
    if (file.captures().containsKey(task)) {
      CaptureResponse.Spec said = program(capture(file, task)).spec();
      spec = said.oauth2();
      schema = said.configSchema();
    } else {
      MaterializeResponse.Spec said = program(materialization(file, task)).spec();
      spec = said.oauth2();
      schema = said.configSchema();
    }
    if (spec == null) {
      throw new FairwayException(ErrorCode.INVALID,
          "the connector of " + task + " has no sign-in: its spec has no oauth2");
    }
    if (schema.path("required").valueStream().noneMatch(member -> member.asString("").equals("credentials"))) {
      throw new FairwayException(ErrorCode.INVALID, "the configuration schema of " + task
          + " must require credentials, or nobody will be asked to sign in");
    }
    SignIn signIn = new SignIn(spec, application, config, injected, outbound, Clock.systemUTC());
    try (Loopback loopback = new Loopback(port)) {
      err.println("open this page and give your consent:\n" + signIn.begin(loopback.redirect()));
      err.flush();
      Map<String, String> answer = loopback.await(CONSENT).orElseThrow(() -> new FairwayException(ErrorCode.INVALID,
          "nobody came back from the provider within " + CONSENT.toSeconds() + " s"));
      line(signIn.finish(answer));
    }
  }

  private FlowFile.Capture fresh(FlowFile.Capture capture) throws Exception {
    return capture.withConfig(
        fresh(capture.name(), capture.endpoint(), () -> program(capture).spec().oauth2()));
  }

  private JsonNode fresh(String task, Endpoint endpoint, Callable<@Nullable OAuth2Spec> spec) throws Exception {
    return credentials.fresh(task, endpoint.config(), spec).config();
  }

  private CaptureProgram program(FlowFile.Capture capture) {
    return Tasks.program(capture, scratch, this::log);
  }

  private DeriveProgram program(Derivation derivation) {
    return Derivations.program(derivation, scratch, this::log);
  }

  private MaterializeProgram program(FlowFile.Materialization materialization) {
    return Tasks.program(materialization, scratch, this::log);
  }

  private void log(LogLine line) {
    ObjectNode json = Json.object().put("level", line.level()).put("message", line.message());
    if (!line.fields().isEmpty()) {
      json.set("fields", line.fields());
    }
    err.println(Json.text(json));
  }

  private void line(JsonNode value) {
    out.println(Json.text(value));
  }

  private static String task(FlowFile file, Optional<String> name) {
    List<String> all = new ArrayList<>(file.captures().keySet());
    all.addAll(file.derivations().keySet());
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
    throw new FairwayException(ErrorCode.INVALID, all.isEmpty()
        ? "the file has no task of the kind this command runs"
        : (name.isPresent() ? "no task " + name.get() : "name a task with --name") + "; there are " + all);
  }

  private static FlowFile.Capture capture(FlowFile file, String name) {
    return found("capture", file.captures().get(name), name);
  }

  private static Derivation derivation(FlowFile file, String name) {
    return found("derivation", file.derivations().get(name), name);
  }

  private static FlowFile.Materialization materialization(FlowFile file, String name) {
    return found("materialization", file.materializations().get(name), name);
  }

  private static <T> T found(String kind, @Nullable T task, String name) {
    if (task == null) {
      throw new FairwayException(ErrorCode.INVALID, "no " + kind + " " + name);
    }
    return task;
  }
}

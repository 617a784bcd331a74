package dev.fairway.connectors.capture;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.Settings;
import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.DocumentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A connector written in Java, run in this process: its documents reach the collection without a pipe between. It must look
 * at {@link CaptureSession#stopping} itself, for nobody can end it from outside.
 */
public final class JavaCapture<C extends Record, R extends Record> implements CaptureProgram {
  private final Capture<C, R> connector;

  public JavaCapture(Capture<C, R> connector) {
    this.connector = connector;
  }

  @Override
  public CaptureResponse.Spec spec() {
    return new CaptureResponse.Spec(Protocol.VERSION, Settings.schemaOf(connector.configType()),
        Settings.schemaOf(connector.resourceType()), connector.documentationUrl(), connector.oauth2().orElse(null),
        connector.resourcePathPointers());
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) throws Exception {
    List<CaptureResponse.Discovered.Binding> bindings = new ArrayList<>();
    for (Capture.Discovery<R> found : connector.discover(Settings.read(config, connector.configType()))) {
      bindings.add(new CaptureResponse.Discovered.Binding(found.recommendedName(), FlowCodec.tree(found.resource()),
          found.documentSchema(), found.key(), false, connector.resourcePath(found.resource())));
    }
    return new CaptureResponse.Discovered(bindings);
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) throws Exception {
    List<R> resources = bindings.stream()
        .map(binding -> Settings.read(binding.resourceConfig(), connector.resourceType())).toList();
    connector.validate(Settings.read(config, connector.configType()), resources);
    return new CaptureResponse.Validated(resources.stream()
        .map(resource -> new CaptureResponse.Validated.Binding(connector.resourcePath(resource))).toList());
  }

  @Override
  public String apply(CaptureSpec spec) throws Exception {
    return connector.apply(Settings.read(spec.config(), connector.configType()), bound(spec));
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws Exception {
    connector.run(Settings.read(spec.config(), connector.configType()), new Session(bound(spec), state, sink));
  }

  private List<Capture.Bound<R>> bound(CaptureSpec spec) {
    List<Capture.Bound<R>> bindings = new ArrayList<>();
    for (int i = 0; i < spec.bindings().size(); i++) {
      bindings.add(Capture.Bound.of(i, spec.bindings().get(i), connector.resourceType()));
    }
    return bindings;
  }

  private final class Session implements CaptureSession<R> {
    private final List<Capture.Bound<R>> bindings;
    private final JsonNode state;
    private final CaptureSink sink;

    Session(List<Capture.Bound<R>> bindings, JsonNode state, CaptureSink sink) {
      this.bindings = List.copyOf(bindings);
      this.state = state;
      this.sink = sink;
    }

    @Override
    public List<Capture.Bound<R>> bindings() {
      return bindings;
    }

    @Override
    public Optional<JsonNode> state(Capture.Bound<R> binding) {
      return Optional.ofNullable(state.path(Protocol.BINDING_STATE).get(binding.stateKey()))
          .filter(value -> !value.isNull());
    }

    @Override
    public Optional<JsonNode> state(String name) {
      return Optional.ofNullable(state.get(name)).filter(value -> !value.isNull());
    }

    @Override
    public CaptureSession.Batch<R> batch() {
      return new Batch();
    }

    @Override
    public void sourcedSchema(Capture.Bound<R> binding, JsonNode schema) {
      synchronized (sink) {
        sink.sourcedSchema(binding.index(), schema);
      }
    }

    @Override
    public boolean stopping() {
      return sink.stopping();
    }

    /** Documents are held until the commit, because a sink takes one transaction at a time. */
    private final class Batch implements CaptureSession.Batch<R> {
      private final List<Document> documents = new ArrayList<>();
      private final List<UnaryOperator<JsonNode>> changes = new ArrayList<>();
      private long bytes;
      private boolean committed;

      @Override
      public Batch document(Capture.Bound<R> binding, byte[] json) {
        open();
        documents.add(new Document(binding.index(), json));
        bytes += json.length;
        return this;
      }

      @Override
      public Batch document(Capture.Bound<R> binding, JsonNode document) {
        return document(binding, Json.bytes(document));
      }

      @Override
      public Batch state(Capture.Bound<R> binding, JsonNode patch) {
        ObjectNode change = Json.object();
        change.putObject(Protocol.BINDING_STATE).set(binding.stateKey(), patch);
        return patch(change);
      }

      @Override
      public Batch state(String name, JsonNode patch) {
        if (name.equals(Protocol.BINDING_STATE)) {
          throw new IllegalArgumentException(Protocol.BINDING_STATE + " holds the bindings' states");
        }
        ObjectNode change = Json.object();
        change.set(name, patch);
        return patch(change);
      }

      private Batch patch(ObjectNode change) {
        open();
        changes.add(before -> Json.merge(before, change));
        return this;
      }

      @Override
      public long bytes() {
        return bytes;
      }

      @Override
      public CompletionStage<Void> commit() {
        open();
        committed = true;
        JsonCursor cursor = new JsonCursor();
        Members members = new Members();
        synchronized (sink) {
          for (Document document : documents) {
            cursor.reset(document.json(), 0, document.json().length);
            members.read(document.json(), cursor);
            sink.document(document.binding(), members, DocumentWriter.NO_ROW, "");
          }
          return sink.checkpoint(Rows.all(changes));
        }
      }

      private void open() {
        if (committed) {
          throw new IllegalStateException("the batch has been committed already");
        }
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Document(int binding, byte[] json) {}
}

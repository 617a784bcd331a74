package dev.fairway.connector;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Serves one stream of the capture protocol with an author's {@link Capture}. */
final class CaptureServer<C extends Record, R extends Record> {
  private final Capture<C, R> capture;
  private final Lines in;
  private final ConnectorMain.Output out;
  private final Logs logs;

  CaptureServer(Capture<C, R> capture, Lines in, ConnectorMain.Output out, Logs logs) {
    this.capture = capture;
    this.in = in;
    this.out = out;
    this.logs = logs;
  }

  void serve() throws Exception {
    while (in.next()) {
      CaptureRequest request = FlowCodec.CAPTURE_REQUESTS.decode(in.buffer(), in.from(), in.to());
      switch (request) {
        case CaptureRequest.Spec _ -> answer(new CaptureResponse.Spec(Protocol.VERSION,
            Settings.schemaOf(capture.configType()), Settings.schemaOf(capture.resourceType()),
            capture.documentationUrl(), capture.oauth2().orElse(null), capture.resourcePathPointers()));
        case CaptureRequest.Discover discover -> answer(discovered(discover));
        case CaptureRequest.Validate validate -> answer(validated(validate));
        case CaptureRequest.Apply apply -> answer(new CaptureResponse.Applied(
            capture.apply(config(apply.capture().config()), bindings(apply.capture().bindings()))));
        case CaptureRequest.Open open -> {
          session(open);
          return;
        }
        case CaptureRequest.Acknowledge _ -> throw new ProtocolException("acknowledge before open");
      }
    }
  }

  private void session(CaptureRequest.Open open) throws Exception {
    Session session = new Session(bindings(open.capture().bindings()), open.state());
    out.flushed(FlowCodec.CAPTURE_RESPONSES.encode(new CaptureResponse.Opened(true)));
    Thread reader = Thread.ofVirtual().name("acknowledgements").start(session::readAcknowledgements);
    try {
      capture.run(config(open.capture().config()), session);
    } finally {
      session.stopping = true;
      reader.interrupt();
    }
    logs.debug("the capture has ended its session");
  }

  private CaptureResponse discovered(CaptureRequest.Discover discover) throws Exception {
    List<CaptureResponse.Discovered.Binding> bindings = new ArrayList<>();
    for (Capture.Discovery<R> found : capture.discover(config(discover.config()))) {
      bindings.add(new CaptureResponse.Discovered.Binding(found.recommendedName(), FlowCodec.tree(found.resource()),
          found.documentSchema(), found.key(), false, capture.resourcePath(found.resource())));
    }
    return new CaptureResponse.Discovered(bindings);
  }

  private CaptureResponse validated(CaptureRequest.Validate validate) throws Exception {
    List<R> resources = validate.bindings().stream()
        .map(binding -> Settings.read(binding.resourceConfig(), capture.resourceType())).toList();
    capture.validate(config(validate.config()), resources);
    return new CaptureResponse.Validated(resources.stream()
        .map(resource -> new CaptureResponse.Validated.Binding(capture.resourcePath(resource))).toList());
  }

  private C config(JsonNode config) {
    return Settings.read(config, capture.configType());
  }

  private List<Capture.Bound<R>> bindings(List<dev.fairway.connector.flow.CaptureSpec.Binding> specs) {
    List<Capture.Bound<R>> bindings = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      bindings.add(Capture.Bound.of(i, specs.get(i), capture.resourceType()));
    }
    return bindings;
  }

  private void answer(CaptureResponse response) throws IOException {
    out.flushed(FlowCodec.CAPTURE_RESPONSES.encode(response));
  }

  private final class Session implements CaptureSession<R> {
    private final List<Capture.Bound<R>> bindings;
    private final JsonNode state;
    private final Deque<CompletableFuture<Void>> pending = new ArrayDeque<>();
    private volatile boolean stopping;

    Session(List<Capture.Bound<R>> bindings, JsonNode state) {
      this.bindings = List.copyOf(bindings);
      this.state = state;
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
      try {
        out.line(FlowCodec.CAPTURE_RESPONSES.encode(new CaptureResponse.SourcedSchema(binding.index(), schema)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean stopping() {
      return stopping;
    }

    private void readAcknowledgements() {
      try {
        while (in.next()) {
          CaptureRequest request = FlowCodec.CAPTURE_REQUESTS.decode(in.buffer(), in.from(), in.to());
          if (!(request instanceof CaptureRequest.Acknowledge acknowledge)) {
            throw new ProtocolException("only acknowledge may follow open");
          }
          for (int i = 0; i < acknowledge.checkpoints(); i++) {
            next().complete(null);
          }
        }
        stopping = true;
      } catch (IOException | ProtocolException e) {
        stopping = true;
        synchronized (pending) {
          pending.forEach(future -> future.completeExceptionally(e));
          pending.clear();
        }
      }
    }

    private CompletableFuture<Void> next() {
      synchronized (pending) {
        CompletableFuture<Void> future = pending.poll();
        if (future == null) {
          throw new ProtocolException("more checkpoints were acknowledged than were sent");
        }
        return future;
      }
    }

    private final class Batch implements CaptureSession.Batch<R> {
      private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
      private JsonNode patch = Json.object();
      private boolean committed;

      @Override
      public Batch document(Capture.Bound<R> binding, byte[] json) {
        check(binding);
        lines.writeBytes(("{\"captured\":{\"binding\":" + binding.index() + ",\"doc\":")
            .getBytes(StandardCharsets.US_ASCII));
        lines.writeBytes(json);
        lines.writeBytes("}}\n".getBytes(StandardCharsets.US_ASCII));
        return this;
      }

      @Override
      public Batch document(Capture.Bound<R> binding, JsonNode document) {
        return document(binding, Json.bytes(document));
      }

      @Override
      public Batch state(Capture.Bound<R> binding, JsonNode change) {
        check(binding);
        patch = BindingStates.with(patch, binding.stateKey(), change);
        return this;
      }

      @Override
      public Batch state(String name, JsonNode change) {
        patch = BindingStates.beside(patch, name, change);
        return this;
      }

      @Override
      public long bytes() {
        return lines.size();
      }

      @Override
      public CompletionStage<Void> commit() {
        if (committed) {
          throw new IllegalStateException("the batch has been committed already");
        }
        committed = true;
        CompletableFuture<Void> durable = new CompletableFuture<>();
        byte[] checkpoint = FlowCodec.CAPTURE_RESPONSES
            .encode(new CaptureResponse.Checkpoint(ConnectorState.patch(patch)));
        // The future is in the queue before the runtime can acknowledge, and in the order of the lines.
        synchronized (out) {
          synchronized (pending) {
            pending.add(durable);
          }
          try {
            out.together(lines.toByteArray(), lines.size(), checkpoint);
          } catch (IOException e) {
            throw new UncheckedIOException("the runtime is gone", e);
          }
        }
        return durable;
      }

      private void check(Capture.Bound<R> binding) {
        if (committed) {
          throw new IllegalStateException("the batch has been committed already");
        }
        if (binding.index() >= bindings.size()) {
          throw new IllegalArgumentException("no binding " + binding.index() + "; there are " + bindings.size());
        }
      }
    }
  }

  /** The shape of a capture's state: a map by state key, and whatever else beside it. */
  static final class BindingStates {
    private BindingStates() {}

    static JsonNode with(JsonNode patch, String stateKey, JsonNode change) {
      ObjectNode binding = Json.object();
      binding.set(stateKey, change);
      ObjectNode all = Json.object();
      all.set(Protocol.BINDING_STATE, binding);
      return join(patch, all);
    }

    static JsonNode beside(JsonNode patch, String name, JsonNode change) {
      if (name.equals(Protocol.BINDING_STATE)) {
        throw new IllegalArgumentException(Protocol.BINDING_STATE + " holds the bindings' states");
      }
      ObjectNode all = Json.object();
      all.set(name, change);
      return join(patch, all);
    }

    /* Unlike Json.merge, a null stays: it takes the member away when the runtime applies the patch. */
    private static JsonNode join(JsonNode first, JsonNode second) {
      if (!(first instanceof ObjectNode) || !(second instanceof ObjectNode)) {
        return second;
      }
      ObjectNode joined = Json.object();
      first.properties().forEach(member -> joined.set(member.getKey(), member.getValue()));
      second.properties().forEach(member -> {
        JsonNode old = joined.get(member.getKey());
        joined.set(member.getKey(), old == null ? member.getValue() : join(old, member.getValue()));
      });
      return joined;
    }
  }
}

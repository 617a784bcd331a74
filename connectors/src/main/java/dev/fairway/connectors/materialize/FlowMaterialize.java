package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Duplex;
import dev.fairway.connectors.process.FlowProgram;
import dev.fairway.connectors.process.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A program that speaks the Flow materialize protocol. */
public final class FlowMaterialize implements MaterializeProgram {
  private final FlowProgram<MaterializeRequest, MaterializeResponse> program;

  public FlowMaterialize(List<String> command, Map<String, String> env, Wire wire, Programs programs) {
    program = new FlowProgram<>(command, env, wire, programs, FlowCodec.MATERIALIZE_REQUESTS,
        FlowCodec.MATERIALIZE_RESPONSES, new MaterializeRequest.Spec("LOCAL", Json.object()),
        answer -> answer instanceof MaterializeResponse.Spec spec ? spec.protocol() : -1);
  }

  @Override
  public MaterializeResponse.Spec spec() throws Exception {
    return (MaterializeResponse.Spec) program.spec();
  }

  @Override
  public MaterializeResponse.Validated validate(String name, JsonNode config,
      List<MaterializeRequest.Validate.Binding> bindings) throws Exception {
    MaterializeResponse.Validated validated = program.ask(
        new MaterializeRequest.Validate(name, "LOCAL", config, bindings, null, ""),
        MaterializeResponse.Validated.class);
    if (validated.bindings().size() != bindings.size()) {
      throw new ConnectorFailedException("the connector validated " + validated.bindings().size() + " bindings of "
          + bindings.size() + " (" + program + ")", false);
    }
    return validated;
  }

  @Override
  public String apply(MaterializationSpec spec, JsonNode state) throws Exception {
    return program.ask(new MaterializeRequest.Apply(spec, "1", null, "", state), MaterializeResponse.Applied.class)
        .actionDescription();
  }

  @Override
  public Transactor open(MaterializationSpec spec, JsonNode state) throws Exception {
    FlowProgram<MaterializeRequest, MaterializeResponse>.Stream stream = program.open();
    try {
      stream.send(new MaterializeRequest.Open(spec, "1", RangeSpec.FULL, state));
      return new Session(stream, stream.answer(MaterializeResponse.Opened.class).runtimeCheckpoint());
    } catch (Exception e) {
      stream.close();
      throw e;
    }
  }

  /** The runtime's side of the transaction loop. */
  private static final class Session implements Transactor {
    private final FlowProgram<MaterializeRequest, MaterializeResponse>.Stream stream;
    private final @Nullable JsonNode checkpoint;
    private final List<Lookup> lookups = new ArrayList<>();

    Session(FlowProgram<MaterializeRequest, MaterializeResponse>.Stream stream, @Nullable JsonNode checkpoint) {
      this.stream = stream;
      this.checkpoint = checkpoint;
    }

    @Override
    public Optional<JsonNode> checkpoint() {
      // A destination that has no checkpoint yet may say so by an empty one; then what it has stored is nothing.
      return Optional.ofNullable(checkpoint).filter(given -> !given.isNull());
    }

    @Override
    public void acknowledge() throws Exception {
      stream.send(new MaterializeRequest.Acknowledge(null));
      stream.answer(MaterializeResponse.Acknowledged.class);
    }

    @Override
    public void load(int binding, List<Packed> keys, Found found) {
      lookups.add(new Lookup(binding, keys, found));
    }

    @Override
    public void flush() throws Exception {
      try {
        Duplex.run(stream.session(), this::ask, this::hear);
      } finally {
        lookups.clear();
      }
    }

    private void ask() throws Exception {
      for (Lookup lookup : lookups) {
        for (Packed key : lookup.keys()) {
          stream.queue(new MaterializeRequest.Load(lookup.binding(), key));
        }
      }
      stream.send(new MaterializeRequest.Flush());
    }

    private void hear() throws Exception {
      MaterializeResponse response = stream.answer();
      while (response instanceof MaterializeResponse.Loaded loaded) {
        tell(loaded);
        response = stream.answer();
      }
      if (!(response instanceof MaterializeResponse.Flushed)) {
        throw new ProtocolException("expected flushed, got " + FlowCodec.nameOf(response.getClass()));
      }
    }

    private void tell(MaterializeResponse.Loaded loaded) {
      lookups.stream().filter(lookup -> lookup.binding() == loaded.binding()).findFirst()
          .orElseThrow(
              () -> new ProtocolException("loaded of binding " + loaded.binding() + ", which was not asked for"))
          .found().row(loaded.doc());
    }

    @Override
    public void store(Row row) throws Exception {
      stream.queue(new MaterializeRequest.Store(row.binding(), row.key(), Packed.of(row.values()), row.document(),
          row.exists(), row.delete()));
    }

    @Override
    public ConnectorState commit(JsonNode runtimeCheckpoint) throws Exception {
      stream.send(new MaterializeRequest.StartCommit(runtimeCheckpoint));
      ConnectorState state = stream.answer(MaterializeResponse.StartedCommit.class).state();
      return state == null ? ConnectorState.unchanged() : state;
    }

    @Override
    public void close() {
      stream.close();
    }

    private record Lookup(int binding, List<Packed> keys, Found found) {}
  }
}

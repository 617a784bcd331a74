package dev.fairway.connectors.derive;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.flow.DeriveResponse;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Duplex;
import dev.fairway.connectors.process.FlowProgram;
import dev.fairway.connectors.process.Programs;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A program that speaks the Flow derive protocol. */
public final class FlowDerive implements DeriveProgram {
  private final FlowProgram<DeriveRequest, DeriveResponse> program;

  public FlowDerive(List<String> command, Map<String, String> env, Wire wire, Programs programs) {
    program = new FlowProgram<>(command, env, wire, programs, FlowCodec.DERIVE_REQUESTS, FlowCodec.DERIVE_RESPONSES,
        new DeriveRequest.Spec("LOCAL", Json.object()),
        answer -> answer instanceof DeriveResponse.Spec spec ? spec.protocol() : -1);
  }

  @Override
  public DeriveResponse.Spec spec() throws Exception {
    return (DeriveResponse.Spec) program.spec();
  }

  @Override
  public DeriveResponse.Validated validate(DeriveRequest.Validate asked) throws Exception {
    DeriveResponse.Validated validated = program.ask(asked, DeriveResponse.Validated.class);
    if (validated.transforms().size() != asked.transforms().size()) {
      throw new ConnectorFailedException("the connector validated " + validated.transforms().size()
          + " transforms of " + asked.transforms().size() + " (" + program + ")", false);
    }
    return validated;
  }

  @Override
  public DeriveProgram.Session open(CollectionSpec collection, JsonNode state) throws Exception {
    FlowProgram<DeriveRequest, DeriveResponse>.Stream stream = program.open();
    try {
      stream.send(new DeriveRequest.Open(collection, "1", RangeSpec.FULL, state));
      stream.answer(DeriveResponse.Opened.class);
      return new Session(stream);
    } catch (Exception e) {
      stream.close();
      throw e;
    }
  }

  /** The runtime's side of the transaction loop. */
  private record Session(FlowProgram<DeriveRequest, DeriveResponse>.Stream stream) implements DeriveProgram.Session {
    @Override
    public void derive(Reads reads, Published published) throws Exception {
      Duplex.run(stream.session(), () -> send(reads), () -> receive(published));
    }

    private void send(Reads reads) throws Exception {
      for (DeriveRequest.Read read = reads.next(); read != null; read = reads.next()) {
        stream.queue(read);
      }
      stream.send(new DeriveRequest.Flush());
    }

    private void receive(Published published) throws Exception {
      DeriveResponse response = stream.answer();
      while (response instanceof DeriveResponse.Published document) {
        published.document(document.doc());
        response = stream.answer();
      }
      if (!(response instanceof DeriveResponse.Flushed)) {
        throw new ProtocolException("expected flushed, got " + FlowCodec.nameOf(response.getClass()));
      }
    }

    @Override
    public ConnectorState commit(JsonNode checkpoint) throws Exception {
      stream.send(new DeriveRequest.StartCommit(checkpoint));
      ConnectorState state = stream.answer(DeriveResponse.StartedCommit.class).state();
      return state == null ? ConnectorState.unchanged() : state;
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}

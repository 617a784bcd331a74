package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.json.MalformedJsonException;
import dev.fairway.connector.json.Members;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.FlowProgram;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A program that speaks the Flow capture protocol. */
public final class FlowCapture implements CaptureProgram {
  private static final byte[] CAPTURED = "captured".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BINDING = "binding".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DOC = "doc".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DOC_JSON = "docJson".getBytes(StandardCharsets.UTF_8);

  private final FlowProgram<CaptureRequest, CaptureResponse> program;

  public FlowCapture(List<String> command, Map<String, String> env, Wire wire, Programs programs) {
    program = new FlowProgram<>(command, env, wire, programs, FlowCodec.CAPTURE_REQUESTS, FlowCodec.CAPTURE_RESPONSES,
        new CaptureRequest.Spec("LOCAL", Json.object()),
        answer -> answer instanceof CaptureResponse.Spec spec ? spec.protocol() : -1);
  }

  @Override
  public CaptureResponse.Spec spec() throws Exception {
    return (CaptureResponse.Spec) program.spec();
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) throws Exception {
    return program.ask(new CaptureRequest.Discover("LOCAL", config, ""), CaptureResponse.Discovered.class);
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) throws Exception {
    CaptureResponse.Validated validated = program.ask(
        new CaptureRequest.Validate(name, "LOCAL", config, bindings, null, ""), CaptureResponse.Validated.class);
    if (validated.bindings().size() != bindings.size()) {
      throw new ConnectorFailedException("the connector validated " + validated.bindings().size() + " bindings of "
          + bindings.size() + " (" + program + ")", false);
    }
    return validated;
  }

  @Override
  public String apply(CaptureSpec spec) throws Exception {
    return program.ask(new CaptureRequest.Apply(spec, "1", null, ""), CaptureResponse.Applied.class)
        .actionDescription();
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws Exception {
    try (FlowProgram<CaptureRequest, CaptureResponse>.Stream stream = program.open()) {
      sink.onStop(() -> {
        stream.session().endInput();
        stream.session().child().close();
      });
      stream.send(new CaptureRequest.Open(spec, "1", RangeSpec.FULL, state));
      boolean acknowledge = stream.answer(CaptureResponse.Opened.class).explicitAcknowledgements();
      loop(stream, spec, sink, acknowledge);
    }
  }

  private void loop(FlowProgram<CaptureRequest, CaptureResponse>.Stream stream, CaptureSpec spec, CaptureSink sink,
      boolean acknowledge) throws Exception {
    Session session = stream.session();
    JsonCursor cursor = new JsonCursor();
    Members document = new Members();
    boolean within = false;
    while (session.next()) {
      Lines line = session.lines();
      int binding = captured(line, cursor, document);
      if (binding >= 0) {
        known(binding, spec);
        sink.document(binding, document, DocumentWriter.NO_ROW, "");
        within = true;
        continue;
      }
      CaptureResponse response = stream.decode();
      switch (response) {
        case CaptureResponse.Checkpoint checkpoint -> {
          var durable = sink.checkpoint(
              old -> checkpoint.state() == null ? old : checkpoint.state().applyTo(old));
          within = false;
          if (acknowledge) {
            var _ = durable.thenRun(() -> acknowledge(session));
          }
        }
        case CaptureResponse.SourcedSchema schema -> {
          known(schema.binding(), spec);
          sink.sourcedSchema(schema.binding(), schema.documentSchema());
          within = true;
        }
        default -> throw new ProtocolException(
            "unexpected " + FlowCodec.nameOf(response.getClass()) + " in a capture session");
      }
    }
    session.expectSuccess();
    if (within) {
      throw new ConnectorFailedException("unexpected capture connector EOF while within a checkpoint ("
          + program + " exited without a checkpoint after its last document)");
    }
  }

  /** The binding of a captured document, which is then in {@code document}; -1 for any other message. */
  private int captured(Lines line, JsonCursor cursor, Members document) throws ConnectorFailedException {
    try {
      cursor.reset(line.buffer(), line.from(), line.to());
      if (cursor.peek() != '{') {
        throw new ProtocolException("a connector printed a line that is no message: "
            + DocumentWriter.shortened(line.buffer(), line.from(), line.to()));
      }
      cursor.enterObject();
      if (!cursor.nextMember() || !cursor.keyIs(CAPTURED)) {
        return -1;
      }
      cursor.enterObject();
      int binding = 0;
      boolean found = false;
      while (cursor.nextMember()) {
        if (cursor.keyIs(BINDING)) {
          int from = cursor.position();
          binding = Integer.parseInt(new String(line.buffer(), from, cursor.skipValue() - from,
              StandardCharsets.US_ASCII).replace("\"", ""));
        } else if (cursor.keyIs(DOC) || cursor.keyIs(DOC_JSON)) {
          if (cursor.peek() != '{') {
            throw new ProtocolException("a captured document must be an object: "
                + DocumentWriter.shortened(line.buffer(), line.from(), line.to()));
          }
          document.read(line.buffer(), cursor);
          found = true;
        } else {
          cursor.skipValue();
        }
      }
      if (!found) {
        throw new ProtocolException("a captured message has no doc");
      }
      while (cursor.nextMember()) {
        cursor.skipValue();
      }
      cursor.expectEnd();
      return binding;
    } catch (MalformedJsonException | NumberFormatException e) {
      throw new ConnectorFailedException("a connector printed a line that is no message (" + e.getMessage() + "): "
          + DocumentWriter.shortened(line.buffer(), line.from(), line.to()), false);
    }
  }

  private static void known(int binding, CaptureSpec spec) {
    if (binding < 0 || binding >= spec.bindings().size()) {
      throw new ProtocolException(
          "the connector named binding " + binding + "; there are " + spec.bindings().size());
    }
  }

  private static void acknowledge(Session session) {
    try {
      session.send(FlowCodec.CAPTURE_REQUESTS.encode(new CaptureRequest.Acknowledge(1)));
    } catch (IOException | ConnectorFailedException e) {
      session.child().heard(new dev.fairway.connectors.process.LogLine("debug",
          "an acknowledgement was not taken: " + e.getMessage(), Json.object()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

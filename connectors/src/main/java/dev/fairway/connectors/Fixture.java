package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureSink;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.spec.Templates;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Documents given instead of live collections: a JSON array of transactions, each an array of
 * {@code ["collection", {document}]}. Captured like any other source, a transaction a session.
 */
final class Fixture implements CaptureProgram {
  private final List<List<JsonNode>> transactions = new ArrayList<>();
  private final List<String> collections;
  private int at;

  /** @throws FairwayException with {@code INVALID} when the file has another form or names an unknown collection */
  Fixture(Path file, FlowFile flow) {
    this.collections = List.copyOf(flow.collections().keySet());
    for (JsonNode transaction : FlowFile.tree(file)) {
      List<JsonNode> entries = new ArrayList<>();
      for (JsonNode entry : transaction) {
        if (entry.size() != 2 || !entry.path(0).isString() || !entry.path(1).isObject()) {
          throw new FairwayException(ErrorCode.INVALID,
              file + ": write [[[\"collection\", {document}], …], …], not " + Json.text(entry));
        }
        flow.collection(entry.path(0).stringValue());
        entries.add(entry);
      }
      transactions.add(entries);
    }
  }

  /** The specification of the capture that reads it. */
  CaptureSpec spec(FlowFile flow) {
    String name = "fixture";
    return new CaptureSpec(name, "LOCAL", Json.object(), collections.stream()
        .map(collection -> new CaptureSpec.Binding(Json.object(), List.of(collection), flow.collection(collection), 0,
            ""))
        .toList(), 0, Templates.shard("capture", name), Templates.recoveryLog("capture", name), Json.array());
  }

  int transactions() {
    return transactions.size();
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) {
    JsonCursor cursor = new JsonCursor();
    Members members = new Members();
    for (JsonNode entry : transactions.get(at++)) {
      byte[] document = Json.bytes(entry.path(1));
      cursor.reset(document, 0, document.length);
      members.read(document, cursor);
      sink.document(collections.indexOf(entry.path(0).stringValue()), members, DocumentWriter.NO_ROW, "");
    }
    var _ = sink.checkpoint(UnaryOperator.identity());
  }

  @Override
  public CaptureResponse.Spec spec() {
    return new CaptureResponse.Spec(Protocol.VERSION, Json.object(), Json.object(), "", null, List.of());
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) {
    return new CaptureResponse.Discovered(List.of());
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) {
    return new CaptureResponse.Validated(
        bindings.stream().map(_ -> new CaptureResponse.Validated.Binding(List.of())).toList());
  }

  @Override
  public String apply(CaptureSpec spec) {
    return "";
  }
}

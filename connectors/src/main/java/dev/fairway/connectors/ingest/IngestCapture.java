package dev.fairway.connectors.ingest;

import dev.fairway.connector.Settings;
import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureSink;
import dev.fairway.connectors.reduce.Reducer;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Webhooks, posted to {@code /ingest/PATH} of the node, each once: a delivery and its sender's name for it are written together, so one
 * that is sent again, to this process or the next, is known. Runs inside the node until it is stopped.
 */
public final class IngestCapture implements CaptureProgram {
  private final Store store;
  private final Inlets inlets;
  private final Clock clock;

  public IngestCapture(Store store, Inlets inlets, Clock clock) {
    this.store = store;
    this.inlets = inlets;
    this.clock = clock;
  }

  @Override
  public CaptureResponse.Spec spec() {
    return new CaptureResponse.Spec(Protocol.VERSION, Settings.schemaOf(IngestConfig.class),
        Settings.schemaOf(IngestResource.class), "", null, List.of("/path"));
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) {
    IngestResource resource = Settings.read(Json.object().put("path", "webhooks"), IngestResource.class);
    JsonNode schema = Json.parse(
        """
            {"type":"object","properties":{"_meta":{"type":"object","properties":{"webhookId":{"type":"string"},
             "receivedAt":{"type":"string","format":"date-time"}},"required":["webhookId","receivedAt"]}},"required":["_meta"]}""");
    return new CaptureResponse.Discovered(List.of(new CaptureResponse.Discovered.Binding("webhooks",
        FlowCodec.tree(resource), schema, List.of("/_meta/webhookId"), false, path(resource))));
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) {
    var _ = Settings.read(config, IngestConfig.class);
    bindings.forEach(binding -> keepsLast(binding.collection()));
    return new CaptureResponse.Validated(bindings.stream()
        .map(binding -> Settings.read(binding.resourceConfig(), IngestResource.class))
        .map(resource -> new CaptureResponse.Validated.Binding(path(resource))).toList());
  }

  /* Deliveries of many senders share a transaction; two that cannot be reduced with each other would fail them all. */
  private static void keepsLast(CollectionSpec collection) {
    if (!Reducer.of(collection.writeSchema()).keepsLast()) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the schema of collection " + collection.name()
          + " reduces documents, so webhooks cannot be taken into it; take them into a collection that does not, and derive"
          + " from that");
    }
  }

  private static List<String> path(IngestResource resource) {
    return List.of(resource.path());
  }

  @Override
  public String apply(CaptureSpec spec) {
    return "";
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws InterruptedException {
    IngestConfig config = Settings.read(spec.config(), IngestConfig.class);
    Inlet inlet = new Inlet();
    List<IngestResource> resources = spec.bindings().stream()
        .map(binding -> Settings.read(binding.resourceConfig(), IngestResource.class)).toList();
    IngestSession session = new IngestSession(spec, resources, store, sink, clock);
    List<Inlets.Address> open = new ArrayList<>();
    try {
      for (int i = 0; i < resources.size(); i++) {
        Inlets.Address address = new Inlets.Address(spec.name(), i, config, resources.get(i), inlet);
        inlets.open(address);
        open.add(address);
      }
      session.run(inlet);
    } finally {
      open.forEach(inlets::close);
      inlet.close();
    }
  }
}

package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.json.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A capture as its connector sees it. */
public record CaptureSpec(String name, String connectorType, JsonNode config, List<Binding> bindings,
    int intervalSeconds, JsonNode shardTemplate, JsonNode recoveryLogTemplate, JsonNode networkPorts) {
  public CaptureSpec {
    name = requireNonNullElse(name, "");
    connectorType = requireNonNullElse(connectorType, "LOCAL");
    config = requireNonNullElse(config, Json.object());
    bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
    shardTemplate = requireNonNullElse(shardTemplate, Json.object());
    recoveryLogTemplate = requireNonNullElse(recoveryLogTemplate, Json.object());
    networkPorts = requireNonNullElse(networkPorts, Json.array());
  }

  /** One outer resource and the collection its documents go to. */
  public record Binding(JsonNode resourceConfig, List<String> resourcePath, CollectionSpec collection, int backfill,
      String stateKey) {
    public Binding {
      resourceConfig = requireNonNullElse(resourceConfig, Json.object());
      resourcePath = List.copyOf(requireNonNullElse(resourcePath, List.of()));
      stateKey = stateKey == null || stateKey.isEmpty() ? StateKey.of(resourcePath, backfill) : stateKey;
    }
  }
}

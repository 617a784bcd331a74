package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A materialization as its connector sees it. */
public record MaterializationSpec(String name, String connectorType, JsonNode config, List<Binding> bindings,
    JsonNode shardTemplate, JsonNode recoveryLogTemplate, JsonNode networkPorts) {
  public MaterializationSpec {
    name = requireNonNullElse(name, "");
    connectorType = requireNonNullElse(connectorType, "LOCAL");
    config = requireNonNullElse(config, Json.object());
    bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
    shardTemplate = requireNonNullElse(shardTemplate, Json.object());
    recoveryLogTemplate = requireNonNullElse(recoveryLogTemplate, Json.object());
    networkPorts = requireNonNullElse(networkPorts, Json.array());
  }

  /** One collection and the outer resource its documents go to. */
  public record Binding(JsonNode resourceConfig, List<String> resourcePath, CollectionSpec collection,
      JsonNode partitionSelector, int priority, FieldSelection fieldSelection, boolean deltaUpdates,
      String journalReadSuffix, @Nullable String notBefore, @Nullable String notAfter, int backfill, String stateKey,
      @Nullable JsonNode serPolicy) {
    public Binding {
      resourceConfig = requireNonNullElse(resourceConfig, Json.object());
      resourcePath = List.copyOf(requireNonNullElse(resourcePath, List.of()));
      partitionSelector = requireNonNullElse(partitionSelector, Json.object());
      fieldSelection = requireNonNullElse(fieldSelection, FieldSelection.NONE);
      journalReadSuffix = requireNonNullElse(journalReadSuffix, "");
      stateKey = stateKey == null || stateKey.isEmpty() ? StateKey.of(resourcePath, backfill) : stateKey;
    }
  }

  /**
   * The fields that travel, in the order of packed keys and values.
   *
   * @param document the field of the whole document; empty when it is not stored
   */
  public record FieldSelection(List<String> keys, List<String> values, String document,
      Map<String, JsonNode> fieldConfig) {
    static final FieldSelection NONE = new FieldSelection(List.of(), List.of(), "", Map.of());

    public FieldSelection {
      keys = List.copyOf(requireNonNullElse(keys, List.of()));
      values = List.copyOf(requireNonNullElse(values, List.of()));
      document = requireNonNullElse(document, "");
      fieldConfig = Map.copyOf(requireNonNullElse(fieldConfig, Map.of()));
    }
  }
}

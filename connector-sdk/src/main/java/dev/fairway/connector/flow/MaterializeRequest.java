package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a runtime says to a materialization. */
public sealed interface MaterializeRequest {
  /** What are you? */
  record Spec(String connectorType, JsonNode config) implements MaterializeRequest {
    public Spec {
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
    }
  }

  /** Would this work, and which fields could be stored? Has no side effects. */
  record Validate(String name, String connectorType, JsonNode config, List<Binding> bindings,
      @Nullable MaterializationSpec lastMaterialization, String lastVersion) implements MaterializeRequest {
    public Validate {
      name = requireNonNullElse(name, "");
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
      bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
      lastVersion = requireNonNullElse(lastVersion, "");
    }

    /** A pairing to be judged. */
    public record Binding(JsonNode resourceConfig, CollectionSpec collection, Map<String, JsonNode> fieldConfig,
        int backfill, List<String> groupBy) {
      public Binding {
        resourceConfig = requireNonNullElse(resourceConfig, Json.object());
        fieldConfig = Map.copyOf(requireNonNullElse(fieldConfig, Map.of()));
        groupBy = List.copyOf(requireNonNullElse(groupBy, List.of()));
      }
    }
  }

  /** Create and change tables. Idempotent, and repeated. */
  record Apply(MaterializationSpec materialization, String version, @Nullable MaterializationSpec lastMaterialization,
      String lastVersion, JsonNode state) implements MaterializeRequest {
    public Apply {
      version = requireNonNullElse(version, "");
      lastVersion = requireNonNullElse(lastVersion, "");
      state = state == null || state.isNull() ? Json.object() : state;
    }
  }

  /** Begin a session. */
  record Open(MaterializationSpec materialization, String version, RangeSpec range, JsonNode state)
      implements
        MaterializeRequest {
    public Open {
      version = requireNonNullElse(version, "");
      range = requireNonNullElse(range, RangeSpec.FULL);
      state = state == null || state.isNull() ? Json.object() : state;
    }
  }

  /** Look a key up; once per transaction and key. */
  record Load(int binding, Packed keyPacked) implements MaterializeRequest {}

  /** There are no more keys to look up. */
  record Flush() implements MaterializeRequest {}

  /**
   * Store a row.
   *
   * @param doc the document; absent when the binding does not store it
   * @param exists whether the key was loaded or stored before
   * @param delete whether the row goes away; then it exists
   */
  record Store(int binding, Packed keyPacked, Packed valuesPacked, @Nullable JsonNode doc, boolean exists,
      boolean delete) implements MaterializeRequest {}

  /** Commit, together with this checkpoint. */
  record StartCommit(JsonNode runtimeCheckpoint) implements MaterializeRequest {
    public StartCommit {
      runtimeCheckpoint = requireNonNullElse(runtimeCheckpoint, Json.object());
    }
  }

  /** The previous commit is durable on the runtime's side. */
  record Acknowledge(@Nullable JsonNode statePatches) implements MaterializeRequest {}
}

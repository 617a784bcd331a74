package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a runtime says to a derivation. */
public sealed interface DeriveRequest {
  /** What are you? */
  record Spec(String connectorType, JsonNode config) implements DeriveRequest {
    public Spec {
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
    }
  }

  /** Would this work? */
  record Validate(String connectorType, JsonNode config, CollectionSpec collection, List<Transform> transforms,
      List<String> shuffleKeyTypes, String projectRoot, Map<String, String> importMap, JsonNode networkPorts,
      @Nullable CollectionSpec lastCollection, String lastVersion) implements DeriveRequest {
    public Validate {
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
      transforms = List.copyOf(requireNonNullElse(transforms, List.of()));
      shuffleKeyTypes = List.copyOf(requireNonNullElse(shuffleKeyTypes, List.of()));
      projectRoot = requireNonNullElse(projectRoot, "");
      importMap = Map.copyOf(requireNonNullElse(importMap, Map.of()));
      networkPorts = requireNonNullElse(networkPorts, Json.array());
      lastVersion = requireNonNullElse(lastVersion, "");
    }

    /** A source to be judged. */
    public record Transform(String name, CollectionSpec collection, JsonNode shuffleLambdaConfig, JsonNode lambdaConfig,
        int backfill) {}
  }

  /** Begin a session. */
  record Open(CollectionSpec collection, String version, RangeSpec range, JsonNode state) implements DeriveRequest {
    public Open {
      version = requireNonNullElse(version, "");
      range = requireNonNullElse(range, RangeSpec.FULL);
      state = state == null || state.isNull() ? Json.object() : state;
    }
  }

  /** A document of a source. */
  record Read(int transform, UuidParts uuid, Shuffle shuffle, JsonNode doc) implements DeriveRequest {}

  /** The transaction has no more documents. */
  record Flush() implements DeriveRequest {}

  /** Commit, together with this checkpoint. */
  record StartCommit(JsonNode runtimeCheckpoint) implements DeriveRequest {
    public StartCommit {
      runtimeCheckpoint = requireNonNullElse(runtimeCheckpoint, Json.object());
    }
  }

  /** Forget all state; between test cases only. */
  record Reset() implements DeriveRequest {}

  /** When and by whom a document was published; unsigned 64-bit numbers as decimal digits. */
  record UuidParts(String node, String clock) {}

  /** The key a document was routed by. */
  record Shuffle(List<JsonNode> key, Packed packed, long hash) {
    public Shuffle {
      key = List.copyOf(requireNonNullElse(key, List.of()));
    }
  }
}

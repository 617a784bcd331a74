package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a runtime says to a capture. {@link Spec} comes first on every stream. */
public sealed interface CaptureRequest {
  /** What are you? */
  record Spec(String connectorType, JsonNode config) implements CaptureRequest {
    public Spec {
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
    }
  }

  /** What could be captured with this configuration? */
  record Discover(String connectorType, JsonNode config, String name) implements CaptureRequest {
    public Discover {
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
      name = requireNonNullElse(name, "");
    }
  }

  /** Would this work? Has no side effects. */
  record Validate(String name, String connectorType, JsonNode config, List<Binding> bindings,
      @Nullable CaptureSpec lastCapture, String lastVersion) implements CaptureRequest {
    public Validate {
      name = requireNonNullElse(name, "");
      connectorType = requireNonNullElse(connectorType, "LOCAL");
      config = requireNonNullElse(config, Json.object());
      bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
      lastVersion = requireNonNullElse(lastVersion, "");
    }

    /** A pairing to be judged. */
    public record Binding(JsonNode resourceConfig, CollectionSpec collection, int backfill) {
      public Binding {
        resourceConfig = requireNonNullElse(resourceConfig, Json.object());
      }
    }
  }

  /** Set up, or tear down, at the source. Idempotent, and repeated. */
  record Apply(CaptureSpec capture, String version, @Nullable CaptureSpec lastCapture, String lastVersion)
      implements
        CaptureRequest {
    public Apply {
      version = requireNonNullElse(version, "");
      lastVersion = requireNonNullElse(lastVersion, "");
    }
  }

  /** Begin a session; only {@link Acknowledge} follows. */
  record Open(CaptureSpec capture, String version, RangeSpec range, JsonNode state) implements CaptureRequest {
    public Open {
      version = requireNonNullElse(version, "");
      range = requireNonNullElse(range, RangeSpec.FULL);
      state = state == null || state.isNull() ? Json.object() : state;
    }
  }

  /** So many further checkpoints are durable; at least one. */
  record Acknowledge(int checkpoints) implements CaptureRequest {}
}

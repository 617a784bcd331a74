package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.fairway.connector.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a capture says to its runtime. */
public sealed interface CaptureResponse {
  /**
   * What the connector is.
   *
   * @param protocol must be {@link Protocol#VERSION}
   * @param resourcePathPointers where in a resource configuration the parts of its path are
   */
  record Spec(int protocol, JsonNode configSchema, JsonNode resourceConfigSchema, String documentationUrl,
      @Nullable OAuth2Spec oauth2, List<String> resourcePathPointers) implements CaptureResponse {
    public Spec {
      configSchema = requireNonNullElse(configSchema, Json.object());
      resourceConfigSchema = requireNonNullElse(resourceConfigSchema, Json.object());
      documentationUrl = requireNonNullElse(documentationUrl, "");
      resourcePathPointers = List.copyOf(requireNonNullElse(resourcePathPointers, List.of()));
    }
  }

  /** What could be captured. */
  record Discovered(List<Discovered.Binding> bindings) implements CaptureResponse {
    public Discovered {
      bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
    }

    /** A resource, with the collection it would make. */
    public record Binding(String recommendedName, JsonNode resourceConfig, JsonNode documentSchema, List<String> key,
        boolean disable, List<String> resourcePath) {
      public Binding {
        recommendedName = requireNonNullElse(recommendedName, "");
        resourceConfig = requireNonNullElse(resourceConfig, Json.object());
        documentSchema = requireNonNullElse(documentSchema, Json.object());
        key = List.copyOf(requireNonNullElse(key, List.of()));
        resourcePath = List.copyOf(requireNonNullElse(resourcePath, List.of()));
      }
    }
  }

  /** It would work; one path per binding, in their order. */
  record Validated(List<Validated.Binding> bindings) implements CaptureResponse {
    public Validated {
      bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
    }

    /** What a binding is called at the source. */
    public record Binding(List<String> resourcePath) {
      public Binding {
        resourcePath = List.copyOf(requireNonNullElse(resourcePath, List.of()));
      }
    }
  }

  /** Set up; an empty description means that nothing had to be done. */
  record Applied(String actionDescription) implements CaptureResponse {
    public Applied {
      actionDescription = requireNonNullElse(actionDescription, "");
    }
  }

  /** The session has begun. */
  record Opened(boolean explicitAcknowledgements) implements CaptureResponse {}

  /** A document, pending until the next {@link Checkpoint}. */
  record Captured(int binding, JsonNode doc) implements CaptureResponse {}

  /** What the source says documents look like; closed, and only ever widens what is known. */
  record SourcedSchema(int binding, @JsonAlias({"schema_json", "schemaJson", "schema"}) JsonNode documentSchema)
      implements
        CaptureResponse {}

  /** The documents since the last one, and this state, are one transaction. No state leaves it as it is. */
  record Checkpoint(@Nullable ConnectorState state) implements CaptureResponse {}
}

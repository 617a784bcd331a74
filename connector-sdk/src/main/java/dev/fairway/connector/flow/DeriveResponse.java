package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a derivation says to its runtime. */
public sealed interface DeriveResponse {
  /** What the connector is. */
  record Spec(int protocol, JsonNode configSchema,
      @JsonAlias({
          "lambdaConfigSchema", "lambda_config_schema_json"}) JsonNode resourceConfigSchema,
      String documentationUrl, @Nullable OAuth2Spec oauth2) implements DeriveResponse {
    public Spec {
      configSchema = requireNonNullElse(configSchema, Json.object());
      resourceConfigSchema = requireNonNullElse(resourceConfigSchema, Json.object());
      documentationUrl = requireNonNullElse(documentationUrl, "");
    }
  }

  /** It would work. */
  record Validated(List<Transform> transforms, Map<String, String> generatedFiles) implements DeriveResponse {
    public Validated {
      transforms = List.copyOf(requireNonNullElse(transforms, List.of()));
      generatedFiles = Map.copyOf(requireNonNullElse(generatedFiles, Map.of()));
    }

    /** Whether a transform has no effect on state. */
    public record Transform(boolean readOnly) {}
  }

  /** The session has begun. */
  record Opened() implements DeriveResponse {}

  /** A document of the derived collection. */
  record Published(JsonNode doc) implements DeriveResponse {}

  /** Everything of this transaction was published. */
  record Flushed() implements DeriveResponse {}

  /** The state that commits with the runtime's checkpoint. */
  record StartedCommit(@Nullable ConnectorState state) implements DeriveResponse {}
}

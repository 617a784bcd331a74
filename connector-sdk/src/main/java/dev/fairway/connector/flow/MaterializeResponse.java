package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a materialization says to its runtime. */
public sealed interface MaterializeResponse {
  /** What the connector is. */
  record Spec(int protocol, JsonNode configSchema, JsonNode resourceConfigSchema, String documentationUrl,
      @Nullable OAuth2Spec oauth2) implements MaterializeResponse {
    public Spec {
      configSchema = requireNonNullElse(configSchema, Json.object());
      resourceConfigSchema = requireNonNullElse(resourceConfigSchema, Json.object());
      documentationUrl = requireNonNullElse(documentationUrl, "");
    }
  }

  /** It would work, under these constraints. */
  record Validated(List<Binding> bindings) implements MaterializeResponse {
    public Validated {
      bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
    }

    /** Where a binding would be stored, and what may be stored of it. A field without a constraint is forbidden. */
    public record Binding(List<String> resourcePath, boolean deltaUpdates, boolean caseInsensitiveFields,
        @Nullable JsonNode serPolicy, Map<String, Constraint> constraints,
        List<FieldConstraint> projectionConstraints) {
      public Binding {
        resourcePath = List.copyOf(requireNonNullElse(resourcePath, List.of()));
        constraints = Map.copyOf(requireNonNullElse(constraints, Map.of()));
        projectionConstraints = List.copyOf(requireNonNullElse(projectionConstraints, List.of()));
      }

      /** A constraint per field, in whichever form they came; of several, one that forbids wins. */
      public Map<String, Constraint> byField() {
        Map<String, Constraint> all = new LinkedHashMap<>(constraints);
        projectionConstraints.forEach(entry -> all.merge(entry.field(), entry.constraint(),
            (old, other) -> other.forbids() ? other : old));
        return all;
      }
    }

    /** A constraint, and its field. */
    public record FieldConstraint(String field, Constraint constraint) {}
  }

  /**
   * What may be done with a field.
   *
   * @param type FIELD_REQUIRED, LOCATION_REQUIRED, LOCATION_RECOMMENDED, FIELD_OPTIONAL, FIELD_FORBIDDEN, INCOMPATIBLE;
   * UNSATISFIABLE is an old name of the last
   * @param foldedField the column's name after the database folded its case; empty when it does not
   */
  record Constraint(String type, String reason, String foldedField) {
    private static final List<String> TYPES = List.of("INVALID", "FIELD_REQUIRED", "LOCATION_REQUIRED",
        "LOCATION_RECOMMENDED", "FIELD_OPTIONAL", "FIELD_FORBIDDEN", "INCOMPATIBLE", "UNSATISFIABLE");

    /**
     * For a destination that takes documents whole and has no other columns: each must be there, its key may be.
     *
     * @param document why the document is needed
     * @param others why no other field can be stored
     */
    public static Constraint ofWholeDocuments(Projection field, String document, String others) {
      if (field.ptr().isEmpty()) {
        return new Constraint("LOCATION_REQUIRED", document, "");
      }
      return field.isPrimaryKey()
          ? new Constraint("LOCATION_RECOMMENDED", "", "")
          : new Constraint("FIELD_FORBIDDEN", others, "");
    }

    public Constraint {
      type = requireNonNullElse(type, "INVALID");
      if (type.length() == 1 && Character.isDigit(type.charAt(0)) && type.charAt(0) - '0' < TYPES.size()) {
        type = TYPES.get(type.charAt(0) - '0');
      }
      reason = requireNonNullElse(reason, "");
      foldedField = requireNonNullElse(foldedField, "");
    }

    /** Whether the field cannot be stored. */
    public boolean forbids() {
      return type.equals("FIELD_FORBIDDEN") || type.equals("INCOMPATIBLE") || type.equals("UNSATISFIABLE");
    }
  }

  /** Tables are as they should be; an empty description means that nothing had to be done. */
  record Applied(String actionDescription, @Nullable ConnectorState state) implements MaterializeResponse {
    public Applied {
      actionDescription = requireNonNullElse(actionDescription, "");
    }
  }

  /** The session has begun. A checkpoint given here is the destination's own, and overrides the runtime's. */
  record Opened(@Nullable JsonNode runtimeCheckpoint, boolean disableLoadOptimization) implements MaterializeResponse {}

  /** A row that was looked up and found. */
  record Loaded(int binding, JsonNode doc) implements MaterializeResponse {}

  /** Everything that was found has been told. The state is durable before the first store. */
  record Flushed(@Nullable ConnectorState state) implements MaterializeResponse {}

  /** The commit is under way. The state commits with the runtime's checkpoint. */
  record StartedCommit(@Nullable ConnectorState state) implements MaterializeResponse {}

  /** The commit is done. The state may be lost or repeated. */
  record Acknowledged(@Nullable ConnectorState state) implements MaterializeResponse {}
}

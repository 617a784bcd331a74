package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import dev.fairway.connector.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A change of a connector's state. Several changes are applied one after the other: merge patches cannot be merged into
 * one (a null followed by an object would forget the null).
 *
 * @param mergePatch whether {@code updated} is a merge patch (RFC 7396), or replaces the whole state
 */
public record ConnectorState(JsonNode updated, boolean mergePatch) {
  public ConnectorState {
    updated = requireNonNullElse(updated, Json.object());
  }

  /** A change that changes nothing. */
  public static ConnectorState unchanged() {
    return new ConnectorState(Json.object(), true);
  }

  public static ConnectorState patch(JsonNode patch) {
    return new ConnectorState(patch, true);
  }

  /** The state after this change. */
  public JsonNode applyTo(@Nullable JsonNode state) {
    return mergePatch ? Json.merge(state, updated) : updated;
  }
}

package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The state a source is given back, put together from what was kept per binding. */
final class AirbyteStates {
  private AirbyteStates() {}

  /** Empty when there is nothing to go on from. */
  static Optional<JsonNode> input(CaptureSpec spec, JsonNode state) throws ConnectorFailedException {
    if (state.has("legacy")) {
      return Optional.of(state.path("legacy"));
    }
    ArrayNode streams = Json.array();
    for (CaptureSpec.Binding binding : spec.bindings()) {
      JsonNode message = Rows.of(state, binding).path("state");
      if (message.isMissingNode() || message.isEmpty()) {
        continue;
      }
      if (!message.path("stream").isObject()) {
        throw new ConnectorFailedException("the stored state of " + binding.stateKey()
            + " is not an Airbyte stream state; raise the binding's backfill to begin anew: " + message, false);
      }
      streams.add(message);
    }
    if (state.path("global").isObject()) {
      ObjectNode global = Json.object();
      global.set("shared_state", state.path("global").path("shared_state"));
      ArrayNode parts = global.putArray("stream_states");
      streams.forEach(message -> parts.add(message.path("stream")));
      ObjectNode message = Json.object().put("type", "GLOBAL");
      message.set("global", global);
      return Optional.of(Json.array().add(message));
    }
    return streams.isEmpty() ? Optional.empty() : Optional.of(streams);
  }
}

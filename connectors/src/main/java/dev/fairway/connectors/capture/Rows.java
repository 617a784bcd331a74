package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes of a state that is keyed by binding, which replace what they name and leave the rest alone. */
final class Rows {
  private Rows() {}

  /** Sets a binding's state. */
  static UnaryOperator<JsonNode> binding(CaptureSpec.Binding binding, JsonNode value) {
    return state -> {
      ObjectNode bindings = copy(state.path(Protocol.BINDING_STATE));
      bindings.set(binding.stateKey(), value);
      return with(state, Protocol.BINDING_STATE, bindings);
    };
  }

  /** Sets a member beside the bindings' states. */
  static UnaryOperator<JsonNode> beside(String name, JsonNode value) {
    return state -> with(state, name, value);
  }

  /** All of them, one after the other. */
  static UnaryOperator<JsonNode> all(List<UnaryOperator<JsonNode>> changes) {
    return state -> {
      JsonNode now = state;
      for (UnaryOperator<JsonNode> change : changes) {
        now = change.apply(now);
      }
      return now;
    };
  }

  static JsonNode of(JsonNode state, CaptureSpec.Binding binding) {
    return state.path(Protocol.BINDING_STATE).path(binding.stateKey());
  }

  static ObjectNode copy(JsonNode object) {
    ObjectNode copy = Json.object();
    object.properties().forEach(member -> copy.set(member.getKey(), member.getValue()));
    return copy;
  }

  private static ObjectNode with(JsonNode state, String name, JsonNode value) {
    ObjectNode copy = copy(state);
    copy.set(name, value);
    return copy;
  }
}

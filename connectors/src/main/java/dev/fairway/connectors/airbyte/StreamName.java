package dev.fairway.connectors.airbyte;

import dev.fairway.connector.json.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Names a stream of an Airbyte source or destination; most have no namespace. */
public record StreamName(String name, String namespace) {
  /** The stream a binding is about. */
  public static StreamName of(JsonNode resource) {
    return new StreamName(resource.path("stream").asString(""), resource.path("namespace").asString(""));
  }

  /** The stream a state or a status is about. */
  public static StreamName ofDescriptor(JsonNode descriptor) {
    return new StreamName(descriptor.path("name").asString(""), descriptor.path("namespace").asString(""));
  }

  /** The namespace, where there is one, and the name. */
  public List<String> path() {
    return namespace.isEmpty() ? List.of(name) : List.of(namespace, name);
  }

  /** As states and statuses name it; without an empty namespace, which some programs take for a name. */
  public ObjectNode descriptor() {
    ObjectNode descriptor = Json.object().put("name", name);
    if (!namespace.isEmpty()) {
      descriptor.put("namespace", namespace);
    }
    return descriptor;
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "." + name;
  }
}

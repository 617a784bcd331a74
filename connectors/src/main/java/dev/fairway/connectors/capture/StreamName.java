package dev.fairway.connectors.capture;

import tools.jackson.databind.JsonNode;

/** Names a stream of an Airbyte source. */
record StreamName(String name, String namespace) {
  static StreamName of(JsonNode resource) {
    return new StreamName(resource.path("stream").asString(""), resource.path("namespace").asString(""));
  }

  static StreamName ofDescriptor(JsonNode descriptor) {
    return new StreamName(descriptor.path("name").asString(""), descriptor.path("namespace").asString(""));
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "." + name;
  }
}

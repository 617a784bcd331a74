package dev.fairway.connectors.lake;

import dev.fairway.connector.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is committed of a task.
 *
 * @param fence the session that owns the task
 * @param transaction how many were committed
 * @param checkpoint of the last one
 * @param parts the files of the last one, until they are where readers look
 */
record Manifest(long fence, long transaction, Optional<JsonNode> checkpoint, List<Part> parts) {
  static final Manifest NONE = new Manifest(0, 0, Optional.empty(), List.of());

  Manifest {
    parts = List.copyOf(parts);
  }

  /** A file that is staged under one name, and published under another once it is committed. */
  record Part(String staged, String published) {}

  /** The same, owned by a new session. */
  Manifest fenced() {
    return new Manifest(fence + 1, transaction, checkpoint, parts);
  }

  /** The same, after another transaction. */
  Manifest with(JsonNode next, List<Part> files) {
    return new Manifest(fence, transaction + 1, Optional.of(next), files);
  }

  /** The same, when the files are where readers look. */
  Manifest published() {
    return new Manifest(fence, transaction, checkpoint, List.of());
  }

  static Manifest of(String json) {
    JsonNode read = Json.parse(json);
    List<Part> parts = new ArrayList<>();
    read.path("parts").forEach(part -> parts.add(
        new Part(part.path("staged").stringValue(), part.path("published").stringValue())));
    return new Manifest(read.path("fence").longValue(), read.path("transaction").longValue(),
        Optional.ofNullable(read.get("checkpoint")), parts);
  }

  String json() {
    ObjectNode written = Json.object().put("fence", fence).put("transaction", transaction);
    checkpoint.ifPresent(place -> written.set("checkpoint", place));
    ArrayNode files = written.putArray("parts");
    parts.forEach(part -> files.addObject().put("staged", part.staged()).put("published", part.published()));
    return Json.text(written);
  }
}

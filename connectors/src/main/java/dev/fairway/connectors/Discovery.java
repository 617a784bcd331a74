package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureResponse.Discovered;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a connector found, on its way into the file of its capture.
 *
 * @param pointers what makes up a resource's path: by it a binding that was found before is known, whatever else of it was
 * edited
 */
record Discovery(FlowFile.Capture capture, List<String> pointers) {
  /** Adds bindings and collections that are new to the file; answers how many bindings. What is there stays as it is. */
  int add(List<Discovered.Binding> found) throws IOException {
    if (!(FlowFile.tree(capture.file()) instanceof ObjectNode root)
        || !(root.path("captures").path(capture.name()) instanceof ObjectNode task)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, capture.file() + " does not hold " + capture.name());
    }
    ObjectNode collections = root.path("collections") instanceof ObjectNode old ? old : root.putObject("collections");
    var bindings = Json.array();
    task.path("bindings").forEach(bindings::add);
    String prefix = capture.name().contains("/")
        ? capture.name().substring(0, capture.name().lastIndexOf('/') + 1)
        : "";
    int added = 0;
    for (Discovered.Binding binding : found) {
      boolean known = capture.bindings().stream()
          .anyMatch(old -> pointers.stream()
              .allMatch(pointer -> old.resource().at(pointer).equals(binding.resourceConfig().at(pointer))));
      if (known) {
        continue;
      }
      String target = prefix + binding.recommendedName().replaceAll("[^\\p{L}\\p{N}_./-]", "_");
      ObjectNode entry = bindings.addObject();
      entry.set("resource", binding.resourceConfig());
      entry.put("target", target);
      if (!collections.has(target)) {
        ObjectNode collection = collections.putObject(target);
        collection.set("schema", binding.documentSchema());
        var key = collection.putArray("key");
        binding.key().forEach(key::add);
      }
      added++;
    }
    task.set("bindings", bindings);
    SealCommands.replace(capture.file(), FlowFile.yaml(root));
    return added;
  }
}

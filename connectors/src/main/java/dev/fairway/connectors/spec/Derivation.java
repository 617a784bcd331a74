package dev.fairway.connectors.spec;

import dev.fairway.connector.flow.StateKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A collection that is made out of others.
 *
 * @param name of the collection and of the task
 * @param shuffleKeyTypes of the parts of every transform's key: boolean, integer or string; may be empty
 */
public record Derivation(String name, Endpoint endpoint, List<Transform> transforms, List<String> shuffleKeyTypes,
    FlowFile.Shards shards, Path file) {
  public Derivation {
    transforms = List.copyOf(transforms);
    shuffleKeyTypes = List.copyOf(shuffleKeyTypes);
  }

  /** The same derivation with another configuration of its endpoint. */
  public Derivation withConfig(JsonNode config) {
    return new Derivation(name, endpoint.withConfig(config), transforms, shuffleKeyTypes, shards, file);
  }

  /** Names how far a transform has read; changes when it is to begin anew. */
  public String readSuffix(Transform transform) {
    return "derive/" + name + "/" + StateKey.of(List.of(transform.name()), transform.backfill());
  }

  /**
   * A source and what is done with its documents.
   *
   * @param shuffle JSON pointers of the key that documents are routed by; empty for any way
   * @param lambda handed to the connector as it is
   * @param priority transforms of a higher one are read to their end first
   * @param readDelay how old a document must be before it is read
   */
  public record Transform(String name, String source, List<String> shuffle, JsonNode lambda, int priority,
      Duration readDelay, int backfill) {
    public Transform {
      shuffle = List.copyOf(shuffle);
    }
  }
}

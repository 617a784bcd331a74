package dev.fairway.connectors.kafka;

import java.util.List;

/**
 * Which collections are topics too, and where.
 *
 * @param collections their names; one that ends with a slash stands for all whose names begin with it; all when empty
 */
public record CollectionTopics(Broker broker, Topics topics, TopicWriter.Compression compression,
    List<String> collections) {
  public CollectionTopics {
    collections = List.copyOf(collections);
  }

  /** Whether the collection is a topic. */
  public boolean include(String collection) {
    return collections.isEmpty()
        || collections.stream().anyMatch(name -> name.endsWith("/")
            ? collection.startsWith(name)
            : name.equals(collection));
  }
}

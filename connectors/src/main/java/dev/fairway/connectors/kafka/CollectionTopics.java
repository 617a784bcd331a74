package dev.fairway.connectors.kafka;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

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
    return collections.isEmpty() || collections.stream().anyMatch(name -> matches(name, collection));
  }

  private static boolean matches(String said, String collection) {
    return said.endsWith("/") ? collection.startsWith(said) : said.equals(collection);
  }

  /**
   * Looks at the topics' names before any is made: Kafka has neither all names that collections may have, nor two topics
   * whose names differ only in dots and underscores.
   *
   * @param all names of collections; those that are no topics do not matter
   * @throws FairwayException with {@code CONFIGURATION} and every problem, by collection
   */
  public void requireNames(Collection<String> all) {
    List<String> problems = new ArrayList<>();
    Map<String, String> taken = new HashMap<>();
    taken.put(likeness(topics.named(PublishTask.PLACE)), "the place up to which collections are published");
    for (String name : new TreeSet<>(all)) {
      if (!include(name)) {
        continue;
      }
      try {
        String topic = topics.named(name);
        String other = taken.putIfAbsent(likeness(topic), "collection " + name);
        if (other != null) {
          problems.add(
              "collection " + name + " would be topic " + topic + ", which Kafka cannot tell from that of " + other);
        }
      } catch (IllegalArgumentException e) {
        problems.add("collection " + name + " cannot be a topic: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "collections cannot be published to Kafka as they are called:\n  "
              + String.join("\n  ", problems)
              + "\nrename them, or say which to publish (connectors.kafka.collections)");
    }
  }

  private static String likeness(String topic) {
    return topic.replace('.', '_');
  }

  /** Which of the names that were said stand for no collection there is. */
  public List<String> idle(Collection<String> all) {
    return collections.stream().filter(name -> all.stream().noneMatch(there -> matches(name, there))).toList();
  }
}

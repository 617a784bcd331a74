package dev.fairway.connectors.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * How topics are called and made. One that is there already is left as it is.
 *
 * @param prefix what every name begins with
 * @param partitions of a topic that is made; as the broker has it when absent
 * @param replication copies of a topic that is made; as the broker has it when absent
 */
public record Topics(String prefix, Optional<Integer> partitions, Optional<Short> replication) {
  /** The largest record, a document of 16 MiB and what surrounds it. */
  static final int LARGEST = (16 << 20) + (1 << 16);

  private static final int LONGEST_NAME = 249;

  public Topics {
    partitions.ifPresent(count -> atLeastOne("partitions", count));
    replication.ifPresent(count -> atLeastOne("replication", count));
    if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
      throw new IllegalArgumentException(
          "a topic prefix must be up to 100 letters, digits, '.', '_' and '-', is \"" + prefix + "\"");
    }
  }

  private static void atLeastOne(String name, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + count);
    }
  }

  /**
   * The topic of a name in which slashes separate, as in those of collections; they become dots.
   *
   * @throws IllegalArgumentException when Kafka has no such names
   */
  public String named(String name) {
    String topic = prefix + name.replace('/', '.');
    if (!topic.matches("[A-Za-z0-9._-]+") || topic.length() > LONGEST_NAME || topic.equals(".") || topic.equals("..")) {
      throw new IllegalArgumentException("a topic's name must be 1 to " + LONGEST_NAME
          + " letters, digits, '.', '_' and '-', is \"" + topic + "\"");
    }
    return topic;
  }

  /** Makes those that are missing, with their settings; answers which. */
  List<String> create(Admin admin, Map<String, Map<String, String>> wanted)
      throws ExecutionException, InterruptedException {
    Set<String> there = admin.listTopics().names().get();
    List<NewTopic> missing = new ArrayList<>();
    wanted.forEach((name, settings) -> {
      if (!there.contains(name)) {
        missing.add(new NewTopic(name, partitions, replication).configs(settings));
      }
    });
    List<String> made = new ArrayList<>();
    for (var topic : admin.createTopics(missing).values().entrySet()) {
      try {
        topic.getValue().get();
        made.add(topic.getKey());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    return made;
  }

  /** A topic that keeps the last record of each key, for ever. */
  static Map<String, String> compacted() {
    return Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST));
  }

  /** A topic that keeps every record as long as the broker's operator says. */
  static Map<String, String> log() {
    return Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST));
  }

  /** A topic that keeps every record for ever, as a collection does. */
  static Map<String, String> kept() {
    return Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.RETENTION_BYTES_CONFIG, "-1",
        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE, TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(LARGEST));
  }
}

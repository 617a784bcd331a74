package dev.fairway.connectors.kafka;

import dev.fairway.connector.json.Lines;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
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
 * @param largestDocument most bytes of a document that is written, 1 KiB to 1 GiB; topics that are made take as much
 */
public record Topics(String prefix, Optional<Integer> partitions, Optional<Short> replication, int largestDocument) {
  /** As much as a document of a collection may have. */
  public static final int LARGEST_DOCUMENT = Lines.FLOW_LIMIT;

  private static final int SMALLEST_LIMIT = 1 << 10;
  private static final int LARGEST_LIMIT = 1 << 30;
  /* What surrounds a document: its key, and what the protocol adds. */
  private static final int SURROUNDINGS = 1 << 16;
  private static final int LONGEST_NAME = 249;

  public Topics {
    if (largestDocument < SMALLEST_LIMIT || largestDocument > LARGEST_LIMIT) {
      throw new IllegalArgumentException("the largest document must have 1 KiB to 1 GiB, has " + largestDocument);
    }
    partitions.ifPresent(count -> atLeastOne("partitions", count));
    replication.ifPresent(count -> atLeastOne("replication", count));
    if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
      throw new IllegalArgumentException(
          "a topic prefix must be up to 100 letters, digits, '.', '_' and '-', is \"" + prefix + "\"");
    }
  }

  /** For documents of every size. */
  public Topics(String prefix, Optional<Integer> partitions, Optional<Short> replication) {
    this(prefix, partitions, replication, LARGEST_DOCUMENT);
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

  /** Most bytes of a record. */
  int largestRecord() {
    return largestDocument + SURROUNDINGS;
  }

  /**
   * Whether a document may be written.
   *
   * @param what which it is, for people
   * @throws FairwayException with {@code CONFIGURATION} when it is too large
   */
  void requireTaken(int bytes, String what) {
    if (bytes > largestDocument) {
      throw new FairwayException(ErrorCode.CONFIGURATION, what + " has " + bytes + " bytes, and " + largestDocument
          + " may be written to Kafka; raise connectors.kafka.largest-document, and max.message.bytes of topics that"
          + " were made before");
    }
  }

  /** A topic that keeps the last record of each key, for ever. */
  Map<String, String> compacted() {
    return Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largestRecord()));
  }

  /** A topic that keeps every record as long as the broker's operator says. */
  Map<String, String> log() {
    return Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largestRecord()));
  }

  /** A topic that keeps every record for ever, as a collection does. */
  Map<String, String> kept() {
    return Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.RETENTION_BYTES_CONFIG, "-1",
        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE, TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(largestRecord()));
  }
}

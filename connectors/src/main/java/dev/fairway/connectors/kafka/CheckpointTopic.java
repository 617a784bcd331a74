package dev.fairway.connectors.kafka;

import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The runtime's checkpoint as the last committed record of a compacted topic of its own: a topic shared with others would
 * hide it behind their open transactions, and the offsets of a consumer group are forgotten after a while.
 */
final class CheckpointTopic {
  /* Enough for the last checkpoint and the attempts that were broken off since; further back is looked when it is not. */
  private static final long LOOK_BACK = 64;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final Broker broker;
  private final String owner;
  private final TopicPartition place;

  CheckpointTopic(Broker broker, Topics topics, String owner) {
    this.broker = broker;
    this.owner = owner;
    this.place = new TopicPartition(topics.named(nameOf(owner)), 0);
  }

  /** What the topic of an owner is called, after the prefix. */
  static String nameOf(String owner) {
    return "fairway-checkpoint." + owner;
  }

  String name() {
    return place.topic();
  }

  /** Made when it is missing; its segments are small, because only whole ones are compacted. */
  void create(Admin admin, Topics topics) throws ExecutionException, InterruptedException {
    Map<String, String> settings = new HashMap<>(topics.compacted());
    settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(16 << 20));
    new Topics(topics.prefix(), Optional.of(1), topics.replication(), topics.largestDocument()).create(admin,
        Map.of(name(), settings));
    String policy = policy(admin);
    if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "topic " + name() + " would forget the checkpoint in time: its"
              + " cleanup.policy is " + policy + " and must be compact");
    }
  }

  private String policy(Admin admin) throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name());
    long patience = System.nanoTime() + broker.patience().toNanos();
    while (true) {
      try {
        return admin.describeConfigs(List.of(resource)).all().get().values().iterator().next()
            .get(TopicConfig.CLEANUP_POLICY_CONFIG).value().toLowerCase(Locale.ROOT);
      } catch (ExecutionException e) {
        // A topic that has just been made is not known to every broker at once.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > patience) {
          throw e;
        }
        Thread.sleep(LOOK_AGAIN);
      }
    }
  }

  ProducerRecord<byte[], byte[]> record(JsonNode checkpoint) {
    return new ProducerRecord<>(place.topic(), place.partition(), key(), Json.bytes(checkpoint));
  }

  private byte[] key() {
    return owner.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What was committed last. To be asked by whoever has just fenced all other writers off, when nothing of theirs can be
   * undecided any more.
   */
  Optional<JsonNode> last(Admin admin) throws ExecutionException, InterruptedException {
    // Counts what is undecided too, so that a transaction still open is waited for and not overlooked.
    return last(admin, IsolationLevel.READ_UNCOMMITTED);
  }

  /** What is committed now, whoever writes; later transactions may be under way. Empty when there is no such topic. */
  Optional<JsonNode> committed(Admin admin) throws ExecutionException, InterruptedException {
    return admin.listTopics().names().get().contains(name())
        ? last(admin, IsolationLevel.READ_COMMITTED)
        : Optional.empty();
  }

  private Optional<JsonNode> last(Admin admin, IsolationLevel upTo) throws ExecutionException, InterruptedException {
    long begin = offset(admin, OffsetSpec.earliest(), upTo);
    long end = offset(admin, OffsetSpec.latest(), upTo);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(List.of(place));
      for (long back = LOOK_BACK;; back *= 8) {
        long from = Math.max(begin, end - back);
        byte[] found = lastBetween(consumer, from, end);
        if (found != null || from == begin) {
          return Optional.ofNullable(found).map(Json::parse);
        }
      }
    }
  }

  private long offset(Admin admin, OffsetSpec spec, IsolationLevel upTo)
      throws ExecutionException, InterruptedException {
    ListOffsetsResultInfo info = admin.listOffsets(Map.of(place, spec), new ListOffsetsOptions(upTo))
        .partitionResult(place).get();
    return info.offset();
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = broker.client();
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private byte @Nullable [] lastBetween(KafkaConsumer<byte[], byte[]> consumer, long from, long end) {
    consumer.seek(place, from);
    byte[] key = key();
    byte[] last = null;
    long patience = System.nanoTime() + broker.patience().toNanos();
    while (consumer.position(place) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        if (Arrays.equals(record.key(), key)) {
          last = record.value();
        }
      }
      if (System.nanoTime() > patience) {
        throw new TimeoutException(
            "topic " + name() + " could be read to " + consumer.position(place) + " only, of " + end);
      }
    }
    return last;
  }
}

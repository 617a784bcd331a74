package dev.fairway.connectors.kafka;

import dev.fairway.connector.Transactor.FencedException;
import dev.fairway.core.FairwayException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Writes records of any topics and a checkpoint, a transaction at a time: readers of what is committed see both or neither
 * (<a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-98">KIP-98</a>). Opening one fences every earlier writer
 * of the same owner off, settles what it left undecided, and finds the checkpoint that was committed last, so whoever goes
 * on from it writes nothing twice. Belongs to one thread.
 */
public final class TopicWriter implements AutoCloseable {
  /* How long readers may wait for what a killed process left open; one that starts again settles it at once. */
  private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(2);
  private static final Duration SHORTEST_CLOSE = Duration.ZERO;
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final Broker broker;
  private final String owner;
  private final CheckpointTopic checkpoints;
  private final Optional<JsonNode> found;
  private final KafkaProducer<byte[], byte[]> producer;
  private boolean begun;
  private boolean failed;
  private volatile @Nullable String refused;

  private TopicWriter(Broker broker, Topics topics, String owner, Compression compression, Consumer<JsonNode> ours)
      throws ExecutionException, InterruptedException {
    this.broker = broker;
    this.owner = owner;
    this.checkpoints = new CheckpointTopic(broker, topics, owner);
    try (Admin admin = broker.admin()) {
      checkpoints.committed(admin).ifPresent(ours);
      checkpoints.create(admin, topics);
      this.producer = new KafkaProducer<>(producer(broker, topics, owner, compression), new ByteArraySerializer(),
          new ByteArraySerializer());
      try {
        producer.initTransactions();
        this.found = checkpoints.last(admin);
        found.ifPresent(ours);
      } catch (RuntimeException | ExecutionException | InterruptedException e) {
        producer.close(SHORTEST_CLOSE);
        throw e;
      }
    }
  }

  /** How records are made smaller on their way and in the topics. */
  public enum Compression {
    NONE, GZIP, SNAPPY, LZ4, ZSTD
  }

  /**
   * Takes the owner's transactions over.
   *
   * @param owner who writes; the same name under the same prefix of topics is the same owner, wherever it runs
   * @throws FencedException when another writer of the owner is opened at the same time and wins
   * @throws FairwayException when the cluster cannot be used; the message says which setting to look at
   */
  public static TopicWriter open(Broker broker, Topics topics, String owner, Compression compression)
      throws FencedException, InterruptedException {
    return open(broker, topics, owner, compression, checkpoint -> {});
  }

  /**
   * Takes the owner's transactions over, unless they are somebody else's.
   *
   * @param owner who writes; the same name under the same prefix of topics is the same owner, wherever it runs
   * @param ours throws when a checkpoint is not one to go on from; asked before anybody is fenced off or anything is made,
   *     and again about what was committed until then
   * @throws FencedException when another writer of the owner is opened at the same time and wins
   * @throws FairwayException when the cluster cannot be used; the message says which setting to look at
   */
  public static TopicWriter open(Broker broker, Topics topics, String owner, Compression compression,
      Consumer<JsonNode> ours) throws FencedException, InterruptedException {
    try {
      return new TopicWriter(broker, topics, owner, compression, ours);
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException | ExecutionException e) {
      if (KafkaFailure.fenced(e)) {
        throw fenced(owner, e);
      }
      throw KafkaFailure.of(broker, "cannot begin to write as " + owner, e);
    }
  }

  private static Map<String, Object> producer(Broker broker, Topics topics, String owner, Compression compression) {
    Map<String, Object> settings = broker.client();
    int patience = Broker.millis(broker.patience());
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.prefix() + "fairway/" + owner);
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Broker.millis(LONGEST_TRANSACTION));
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression.name().toLowerCase(Locale.ROOT));
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, topics.largestRecord());
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * topics.largestRecord());
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    return settings;
  }

  /** What the owner's last transaction committed, when this writer was opened. */
  public Optional<JsonNode> checkpoint() {
    return found;
  }

  /**
   * Puts a record into the transaction under way; what goes wrong with it is told here or by a later call.
   *
   * @param value absent for a tombstone, which takes the key out of a compacted topic
   */
  public void write(String topic, byte[] key, byte @Nullable [] value) throws FencedException, InterruptedException {
    tried("cannot write to topic " + topic, () -> {
      begin();
      send(new ProducerRecord<>(topic, key, value));
    });
  }

  /** Commits what was written, and this checkpoint with it. */
  public void commit(JsonNode checkpoint) throws FencedException, InterruptedException {
    tried("cannot commit as " + owner, () -> {
      begin();
      send(checkpoints.record(checkpoint));
      producer.commitTransaction();
      begun = false;
    });
  }

  private void begin() {
    if (!begun) {
      producer.beginTransaction();
      begun = true;
    }
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    // A record that fails fails its transaction, and the commit tells why.
    var _ = producer.send(record, (_, failure) -> {
      if (failure instanceof RecordTooLargeException) {
        refused = "topic " + record.topic() + " does not take a document of "
            + (record.value() == null ? 0 : record.value().length)
            + " bytes; raise its max.message.bytes";
      }
    });
  }

  private void tried(String what, Runnable step) throws FencedException, InterruptedException {
    try {
      step.run();
    } catch (InterruptException e) {
      failed = true;
      throw interrupted(e);
    } catch (KafkaException e) {
      failed = true;
      if (KafkaFailure.fenced(e)) {
        throw fenced(owner, e);
      }
      String told = refused;
      throw KafkaFailure.of(broker, told == null ? what : what + ": " + told, e);
    }
  }

  private static FencedException fenced(String owner, Exception cause) {
    FencedException fenced = new FencedException("fenced off: another session of " + owner
        + " has taken over its transactional id, or the broker gave up a transaction that took longer than "
        + LONGEST_TRANSACTION.toMinutes() + " minutes");
    fenced.initCause(cause);
    return fenced;
  }

  private static InterruptedException interrupted(InterruptException e) {
    // The client has set the thread's flag as well; the exception says the same.
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException(e.getMessage());
    interrupted.initCause(e);
    return interrupted;
  }

  /** Ends the session; a transaction under way is taken back. */
  @Override
  public void close() {
    producer.close(failed ? SHORTEST_CLOSE : LONGEST_CLOSE);
  }
}

package dev.fairway.connectors.kafka;

import dev.fairway.connector.Transactor.FencedException;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.task.FollowStep;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Collections as topics: follows the logs and writes each document to its collection's topic, once, in the order of the log.
 * The logs stay what counts here. How far they are published is part of the transactions in Kafka, so that topic and place
 * never differ; a transaction holds what was committed here up to one moment, over all collections, where its bound allows.
 */
public final class PublishTask extends FollowStep {
  public static final String NAME = "fairway/kafka";
  public static final String KIND = "publish";
  private static final String OWNER = "collections";
  /** What the topic with the place is called, after the prefix. */
  static final String PLACE = CheckpointTopic.nameOf(OWNER);

  private final CollectionTopics target;
  private final Store store;
  private final Collections collections;
  private final Map<String, CollectionSpec> published;
  private final long transactionBytes;

  /**
   * @param published the collections by name
   * @param transactionBytes most bytes of documents in one transaction, apart from the last document
   */
  public PublishTask(CollectionTopics target, Store store, Collections collections,
      Map<String, CollectionSpec> published, long transactionBytes) {
    this.target = target;
    this.store = store;
    this.collections = collections;
    this.published = new TreeMap<>(published);
    this.transactionBytes = transactionBytes;
  }

  @Override
  protected Session open() throws FencedException, InterruptedException {
    String log = identity();
    TopicWriter writer = TopicWriter.open(target.broker(), target.topics(), OWNER, target.compression(),
        checkpoint -> requireOurs(checkpoint, log));
    try {
      makeTopics();
      return new Publishing(writer, log);
    } catch (RuntimeException | FencedException | InterruptedException e) {
      writer.close();
      throw e;
    }
  }

  private void requireOurs(JsonNode checkpoint, String log) {
    if (!checkpoint.path("log").asString("").equals(log)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the topics \"" + target.topics().prefix() + "…\" of Kafka "
          + target.broker() + " hold the collections of another node, or of this one before its data was taken away;"
          + " choose another topic prefix, or delete those topics and " + target.topics().named(PLACE));
    }
    published.keySet().forEach(
        name -> Reached.of(checkpoint, name).require(collections.get(name), target.topics().named(name)));
  }

  /** What these logs are called in Kafka, so that no others are ever taken for them; durable before it is used. */
  private String identity() {
    JsonNode state = store.read(view -> TaskTable.state(view, NAME));
    if (state.has("log")) {
      return state.path("log").asString("");
    }
    ObjectNode made = Json.object().put("log", UUID.randomUUID().toString());
    store.run(tx -> TaskTable.save(tx, NAME, KIND, made, 0, 0));
    return made.path("log").asString("");
  }

  private void makeTopics() throws InterruptedException {
    Map<String, Map<String, String>> wanted = new HashMap<>();
    published.keySet().forEach(name -> wanted.put(target.topics().named(name), target.topics().kept()));
    try (Admin admin = target.broker().admin()) {
      List<String> _ = target.topics().create(admin, wanted);
    } catch (KafkaException | ExecutionException e) {
      throw KafkaFailure.of(target.broker(), "cannot make topics " + wanted.keySet(), e);
    }
  }

  private final class Publishing implements Session {
    private final TopicWriter writer;
    private final String log;
    private final ObjectNode checkpoint;
    private final List<Published> sources = new ArrayList<>();
    private int first;

    Publishing(TopicWriter writer, String log) throws FencedException, InterruptedException {
      this.writer = writer;
      this.log = log;
      Optional<JsonNode> found = writer.checkpoint();
      // Places of collections that are not published now are kept: they may be again.
      this.checkpoint = found.<ObjectNode>map(last -> (ObjectNode) last)
          .orElseGet(() -> Json.object().put("log", log).set("through", Json.object()));
      if (found.isEmpty()) {
        // From here on the topics are taken, so that another node leaves them alone before it has fenced us off.
        writer.commit(checkpoint);
      }
      published.forEach((name, spec) -> sources.add(new Published(collections.get(name), target.topics().named(name),
          RecordKey.of(spec), Reached.of(checkpoint, name))));
    }

    /** Publishes what was committed up to now, or as much of it as a transaction may have; false when there was nothing. */
    @Override
    public boolean transaction() throws Exception {
      Map<String, Long> ends = new HashMap<>();
      collections.list().forEach(extent -> ends.put(extent.name(), extent.committed()));
      long bytes = 0;
      long documents = 0;
      int begin = first;
      for (int i = 0; i < sources.size() && bytes < transactionBytes; i++) {
        int turn = (begin + i) % sources.size();
        Published source = sources.get(turn);
        long before = source.reached.position();
        documents += source.publish(ends.getOrDefault(source.collection.name(), 0L), transactionBytes - bytes, writer);
        bytes += source.reached.position() - before;
        source.reached.into(checkpoint, source.collection.name());
        if (bytes >= transactionBytes) {
          // The next transaction begins behind it, so that no collection keeps those after it waiting.
          first = (turn + 1) % sources.size();
        }
      }
      if (documents == 0) {
        return false;
      }
      writer.commit(checkpoint);
      long count = documents;
      long size = bytes;
      store.run(tx -> TaskTable.save(tx, NAME, KIND, Json.object().put("log", log), count, size));
      return true;
    }

    @Override
    public List<Published> sources() {
      return sources;
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  /** A collection on its way into its topic. */
  private final class Published implements Source {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Collection collection;
    private final String topic;
    private final Function<JsonNode, byte[]> key;
    private Reached reached;

    Published(Collection collection, String topic, Function<JsonNode, byte[]> key, Reached reached) {
      this.collection = collection;
      this.topic = topic;
      this.key = key;
      this.reached = reached;
    }

    @Override
    public Collection collection() {
      return collection;
    }

    @Override
    public long seen() {
      return reached.position();
    }

    /** Writes documents up to an end, or until so many bytes were; answers how many. */
    long publish(long end, long most, TopicWriter writer) throws Exception {
      long begin = reached.position();
      if (begin >= end || most <= 0 || !collection.await(end - 1, SOON)) {
        return 0;
      }
      long documents = 0;
      long position = begin;
      long last = begin;
      byte[] document = {};
      try (CollectionReader reader = collection.read(begin)) {
        while (position < end && position - begin < most && reader.next()) {
          document = Arrays.copyOfRange(reader.buffer(), reader.from(), reader.to());
          target.topics().requireTaken(document.length, "the document of collection " + collection + " at " + position);
          writer.write(topic, key.apply(Json.parse(document)), document);
          last = position;
          position = reader.position();
          documents++;
        }
      } catch (IOException e) {
        throw new IOException("cannot read " + collection + " at " + position + ": " + e.getMessage(), e);
      }
      reached = Reached.behind(position, last, document);
      return documents;
    }
  }
}

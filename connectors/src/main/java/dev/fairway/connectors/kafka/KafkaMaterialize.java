package dev.fairway.connectors.kafka;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Setting;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.reduce.Reducer;
import dev.fairway.core.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import tools.jackson.databind.JsonNode;

/**
 * Documents as records of Kafka topics, exactly once for readers of what is committed. The key is a JSON object of the
 * collection's key, the value the document, so that a compacted topic holds the present state; a deletion is a tombstone.
 */
public final class KafkaMaterialize implements Materialize<KafkaMaterialize.Config, KafkaMaterialize.Resource> {
  /** Which cluster, and how topics are made there. */
  public record Config(
      @Setting(description = "host:port of brokers, several separated by commas") String bootstrapServers,
      @Setting(description = "Whether connections are encrypted", defaultValue = "false") boolean tls,
      @Setting(description = "Who vouches for the brokers, certificates in PEM; whom the platform trusts when absent", multiline = true, advanced = true) Optional<String> authority,
      @Setting(description = "How the password is proved", defaultValue = "\"PLAIN\"") Broker.Mechanism mechanism,
      @Setting(description = "Who we are to the cluster; nobody when absent") Optional<String> user,
      @Setting(secret = true, defaultValue = "\"\"") String password,
      @Setting(description = "What the names of topics and of the transactional id begin with", defaultValue = "\"\"") String topicPrefix,
      @Setting(description = "Partitions of topics that are made; as the broker has it when absent") Optional<Integer> partitions,
      @Setting(description = "Copies of topics that are made; as the broker has it when absent") Optional<Short> replication,
      @Setting(defaultValue = "\"LZ4\"", advanced = true) TopicWriter.Compression compression,
      @Setting(description = "Seconds the brokers may take to answer", defaultValue = "60", advanced = true) int patienceSeconds) {
    private Broker broker() {
      return new Broker(bootstrapServers, tls, authority,
          user.map(name -> new Broker.Login(mechanism, name, new Secret(password))),
          Duration.ofSeconds(patienceSeconds));
    }

    private Topics topics() {
      return new Topics(topicPrefix, partitions, replication);
    }

    @Override
    public String toString() {
      return broker().toString();
    }
  }

  /** A topic. */
  public record Resource(
      @Setting(description = "Name of the topic, after the prefix; slashes become dots", collectionName = true) String topic,
      @Setting(description = "Whether each change is a record, rather than the last of each key", defaultValue = "false") boolean deltaUpdates) {}

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<Resource> resourceType() {
    return Resource.class;
  }

  @Override
  public List<String> resourcePath(Config config, Resource resource) {
    return List.of(config.topics().named(resource.topic()));
  }

  @Override
  public boolean deltaUpdates(Resource resource) {
    return resource.deltaUpdates();
  }

  @Override
  public Map<String, Constraint> constraints(Config config, Resource resource, CollectionSpec collection)
      throws InterruptedException {
    if (!resource.deltaUpdates() && !Reducer.of(collection.schemaOfReaders()).keepsLast()) {
      throw new IllegalArgumentException("the schema of collection " + collection.name()
          + " reduces documents with those stored before, and a topic cannot be asked for them; say deltaUpdates: true,"
          + " and each record is a change that its readers reduce");
    }
    String _ = config.broker().check();
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    collection.projections().forEach(projection -> constraints.put(projection.field(),
        projection.isPrimaryKey()
            ? new Constraint("LOCATION_REQUIRED", "it is the record's key", "")
            : projection.ptr().isEmpty()
                ? new Constraint("LOCATION_REQUIRED", "the document is the record's value", "")
                : new Constraint("FIELD_FORBIDDEN", "the value is the whole document", "")));
    return constraints;
  }

  @Override
  public String apply(Config config, List<Bound<Resource>> bindings) throws InterruptedException {
    Map<String, Map<String, String>> wanted = new LinkedHashMap<>();
    bindings.forEach(binding -> wanted.put(topic(config, binding),
        binding.resource().deltaUpdates() ? config.topics().log() : config.topics().compacted()));
    try (Admin admin = config.broker().admin()) {
      List<String> made = config.topics().create(admin, wanted);
      return made.isEmpty() ? "" : "made " + String.join(", ", made);
    } catch (KafkaException | ExecutionException e) {
      throw KafkaFailure.of(config.broker(), "cannot make topics " + wanted.keySet(), e);
    }
  }

  private static String topic(Config config, Bound<Resource> binding) {
    return config.topics().named(binding.resource().topic());
  }

  @Override
  public Transactor open(Config config, String task, RangeSpec range, List<Bound<Resource>> bindings, JsonNode state)
      throws Transactor.FencedException, InterruptedException {
    String owner = range.equals(RangeSpec.FULL) ? task : task + "/" + range.keyBegin() + "-" + range.keyEnd();
    List<Target> targets = bindings.stream().map(binding -> target(config, binding)).toList();
    return new Session(TopicWriter.open(config.broker(), config.topics(), owner, config.compression()), targets);
  }

  private static Target target(Config config, Bound<Resource> binding) {
    if (binding.spec().fieldSelection().document().isEmpty()) {
      throw new IllegalArgumentException(
          "a record of topic " + topic(config, binding) + " has the whole document as its"
              + " value, so the fields of collection " + binding.collection().name() + " cannot exclude it");
    }
    return new Target(topic(config, binding), new RecordKey(binding.spec().fieldSelection().keys()));
  }

  private record Target(String topic, RecordKey key) {}

  private record Session(TopicWriter writer, List<Target> targets) implements Transactor {
    @Override
    public Optional<JsonNode> checkpoint() {
      return writer.checkpoint();
    }

    /** A later record replaces an earlier one, so nothing needs to be read first. */
    @Override
    public boolean loads() {
      return false;
    }

    @Override
    public void load(int binding, List<Packed> keys, Found found) {
      // Topics cannot be asked for a key.
    }

    @Override
    public void store(Row row) throws FencedException, InterruptedException {
      Target target = targets.get(row.binding());
      writer.write(target.topic(), target.key().bytes(row.key()),
          row.delete() ? null : Json.bytes(Objects.requireNonNull(row.document())));
    }

    @Override
    public ConnectorState commit(JsonNode next) throws FencedException, InterruptedException {
      writer.commit(next);
      return ConnectorState.unchanged();
    }

    @Override
    public void close() {
      writer.close();
    }
  }
}

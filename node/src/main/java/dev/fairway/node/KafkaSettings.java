package dev.fairway.node;

import dev.fairway.connectors.kafka.Broker;
import dev.fairway.connectors.kafka.CollectionTopics;
import dev.fairway.connectors.kafka.TopicWriter.Compression;
import dev.fairway.connectors.kafka.Topics;
import dev.fairway.core.Secret;
import dev.fairway.node.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code connectors.kafka}: the cluster that collections are published to. */
final class KafkaSettings {
  private static final List<String> OTHERS = List.of("tls", "authority", "mechanism", "user", "password", "patience",
      "topic-prefix", "partitions", "replication", "largest-document", "compression", "collections");

  private KafkaSettings() {}

  static Optional<CollectionTopics> from(Section kafka) {
    Optional<String> servers = kafka.text("bootstrap-servers",
        "brokers that collections are published to as topics, host:port, several separated by commas; none when absent");
    Optional<Broker.Login> login = login(kafka);
    boolean tls = kafka.flag("tls", false, "whether connections to the brokers are encrypted");
    Optional<String> authority = kafka.path("authority",
        "who vouches for the brokers, PEM; whom the platform trusts when absent").flatMap(file -> read(kafka, file));
    Duration patience = kafka.duration("patience", "1m", "1s", "10m", "how long the brokers may take to answer");
    String prefix = kafka.text("topic-prefix", "",
        "what the names of topics and of the transactional id begin with; one for each node on a cluster");
    int partitions = kafka.integer("partitions", 0, 0, 10_000,
        "partitions of topics that are made; 0 for what the brokers have as theirs");
    int replication = kafka.integer("replication", 0, 0, 100,
        "copies of topics that are made; 0 for what the brokers have as theirs");
    int largest = largestDocument(kafka);
    Compression compression = kafka.choice("compression", Compression.LZ4, "how records are made smaller");
    List<String> collections = kafka.texts("collections",
        "which collections; a name that ends with a slash stands for all that begin with it; all when absent");
    Optional<Topics> topics = topics(kafka, prefix, partitions, replication, largest);
    if (servers.isEmpty()) {
      OTHERS.stream().filter(kafka::has).findFirst().ifPresent(key -> kafka.problem(key,
          "publishes nothing without " + kafka.name("bootstrap-servers") + "; name the brokers, or leave it out"));
      return Optional.empty();
    }
    if (authority.isPresent() && !tls) {
      kafka.problem("authority", "vouches for connections with TLS; say tls: true, or leave it out");
      return Optional.empty();
    }
    try {
      return servers.flatMap(at -> topics.map(names -> new CollectionTopics(
          new Broker(at, tls, authority, login, patience), names, compression, collections)));
    } catch (IllegalArgumentException e) {
      kafka.problem("bootstrap-servers", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static int largestDocument(Section kafka) {
    long largest = kafka.size("largest-document", "128 MiB",
        "most bytes of a document that is published, 1 KiB to 1 GiB; topics that are made take as much");
    if (largest < 1 << 10 || largest > 1 << 30) {
      kafka.problem("largest-document", "is out of range; write 1 KiB to 1 GiB");
      return Topics.LARGEST_DOCUMENT;
    }
    return Math.toIntExact(largest);
  }

  private static Optional<Broker.Login> login(Section kafka) {
    Broker.Mechanism mechanism = kafka.choice("mechanism", Broker.Mechanism.PLAIN, "how the password is proved (SASL)");
    Optional<String> user = kafka.text("user", "who the node is to the brokers; nobody when absent");
    Optional<Secret> password = kafka.secret("password", "that user's password");
    if (user.isPresent() != password.isPresent()) {
      kafka.problem(user.isPresent() ? "password" : "user", "is missing: user and password go together");
    }
    return user.flatMap(name -> password.map(secret -> new Broker.Login(mechanism, name, secret)));
  }

  private static Optional<Topics> topics(Section kafka, String prefix, int partitions, int replication,
      int largest) {
    try {
      return Optional.of(new Topics(prefix, Optional.of(partitions).filter(count -> count > 0),
          Optional.of((short) replication).filter(count -> count > 0), largest));
    } catch (IllegalArgumentException e) {
      kafka.problem("topic-prefix", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<String> read(Section kafka, Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      kafka.problem("authority", "cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }
}

package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connectors.kafka.Broker;
import dev.fairway.connectors.kafka.CollectionTopics;
import dev.fairway.connectors.kafka.TopicWriter.Compression;
import dev.fairway.connectors.kafka.Topics;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.node.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  private static Optional<CollectionTopics> read(String yaml) {
    Settings settings = Settings.of("fairway.yaml", yaml, Path.of("/"), name -> null);
    Optional<CollectionTopics> topics = KafkaSettings.from(settings.root());
    settings.check();
    return topics;
  }

  @Test
  void nothingIsPublishedUnlessBrokersAreNamed() {
    assertThat(read("{}")).isEmpty();
  }

  @Test
  void everythingHasADefaultButTheBrokers() {
    assertThat(read("bootstrap-servers: kafka:9092")).contains(new CollectionTopics(
        new Broker("kafka:9092", false, Optional.empty(), Optional.empty(), Duration.ofMinutes(1)),
        new Topics("", Optional.empty(), Optional.empty()), Compression.LZ4, List.of()));
  }

  @Test
  void everythingCanBeSaid() {
    assertThat(read("""
        bootstrap-servers: a:9093, b:9093
        tls: true
        mechanism: scram-sha-512
        user: fairway
        password: wonder
        patience: 20s
        topic-prefix: au.
        partitions: 12
        replication: 3
        largest-document: 20 MiB
        compression: zstd
        collections: [acme/, beta/orders]
        """)).contains(new CollectionTopics(
        new Broker("a:9093, b:9093", true, Optional.empty(),
            Optional.of(new Broker.Login(Broker.Mechanism.SCRAM_SHA_512, "fairway", new Secret("wonder"))),
            Duration.ofSeconds(20)),
        new Topics("au.", Optional.of(12), Optional.of((short) 3), 20 << 20), Compression.ZSTD,
        List.of("acme/", "beta/orders")));
  }

  @Test
  void everyProblemIsNamed() {
    assertThatThrownBy(() -> read("""
        bootstrap-servers: kafka.example
        authority: absent.pem
        user: fairway
        """)).isInstanceOf(FairwayException.class).hasMessageContaining("the bootstrap servers must be host:port")
        .hasMessageContaining("authority").hasMessageContaining("user and password go together");
    assertThatThrownBy(
        () -> read("{ bootstrap-servers: 'a:9092', authority: '" + Path.of("pom.xml").toAbsolutePath() + "' }"))
        .hasMessageContaining("authority").hasMessageContaining("say tls: true");
    assertThatThrownBy(() -> read("{ bootstrap-servers: 'a:9092', largest-document: 2 GiB }"))
        .hasMessageContaining("largest-document").hasMessageContaining("write 1 KiB to 1 GiB");
    assertThatThrownBy(() -> read("collections: [acme/]")).hasMessageContaining("collections")
        .hasMessageContaining("publishes nothing without bootstrap-servers");
    assertThatThrownBy(() -> read("topic-prefix: a b")).hasMessageContaining("a topic prefix must be");
  }
}

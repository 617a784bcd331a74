package dev.fairway.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.core.FairwayException;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionTopicsTest {
  private static CollectionTopics topics(String... collections) {
    return new CollectionTopics(
        new Broker("127.0.0.1:1", false, Optional.empty(), Optional.empty(), Duration.ofSeconds(1)),
        new Topics("", Optional.empty(), Optional.empty()), TopicWriter.Compression.LZ4, List.of(collections));
  }

  @Test
  void collectionsThatKafkaCannotTellApartAreNamedTogether() {
    assertThatThrownBy(() -> topics().requireNames(List.of("acme/a.b", "acme/a/b", "acme/c_d", "acme/c/d",
        "fairway-checkpoint/collections", "acme/fine"))).isInstanceOf(FairwayException.class)
        .hasMessageContaining(
            "collection acme/a/b would be topic acme.a.b, which Kafka cannot tell from that of collection acme/a.b")
        .hasMessageContaining(
            "collection acme/c_d would be topic acme.c_d, which Kafka cannot tell from that of collection acme/c/d")
        .hasMessageContaining("collection fairway-checkpoint/collections would be")
        .message().doesNotContain("fine");
  }

  @Test
  void namesThatKafkaDoesNotHaveAreToldByCollection() {
    assertThatThrownBy(() -> topics().requireNames(List.of("acme/größe", "acme/" + "x".repeat(250))))
        .hasMessageContaining("collection acme/größe cannot be a topic").hasMessageContaining("xxx cannot be a topic");
    topics("beta/").requireNames(List.of("acme/größe", "beta/a"));
  }

  @Test
  void whatStandsForNoCollectionIsFound() {
    assertThat(topics("acme/", "acm/", "beta/b", "beta/c").idle(List.of("acme/a", "beta/b")))
        .containsExactly("acm/", "beta/c");
  }

  @Test
  void aDocumentThatIsTooLargeIsToldWithTheSettingThatHelps() {
    Topics small = new Topics("", Optional.empty(), Optional.empty(), 1 << 20);
    small.requireTaken(1 << 20, "a document");
    assertThatThrownBy(() -> small.requireTaken((1 << 20) + 1, "the document of collection acme/a at 7"))
        .hasMessageContaining("the document of collection acme/a at 7 has 1048577 bytes")
        .hasMessageContaining("raise connectors.kafka.largest-document");
  }

  @Test
  void nothingBeginsWhenNamesCollide(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("flow.yaml"), """
        collections:
          acme/a.b: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/a/b: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """);
    Clock clock = Clock.systemUTC();
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
        Connectors connectors = new Connectors(store, dir.resolve("collections"),
            new ConnectorsConfig(List.of(file), 1 << 20, 1 << 20, 1 << 20, Optional.of(topics())),
            new Sealed(List.of(), clock), clock)) {
      assertThatThrownBy(connectors::start).hasMessageContaining("cannot tell from that of collection acme/a.b");
      assertThat(connectors.tasks()).isEmpty();
    }
  }
}

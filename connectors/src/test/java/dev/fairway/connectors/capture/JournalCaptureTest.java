package dev.fairway.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The node's own events as a collection. */
class JournalCaptureTest {
  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();

  @Test
  void eachEventIsCapturedOnceThoughTheNodeBeginsAgain() throws Exception {
    Path flow = Files.writeString(dir.resolve("flow.yaml"),
        """
            captures:
              acme/journal:
                endpoint: { connector: { image: fairway/source-journal, config: {} } }
                bindings: [{ resource: { type: exchange.message }, target: acme/messages }, { resource: { type: "" }, target: acme/all }]
            collections:
              acme/messages: { schema: { type: object, required: [offset] }, key: [/offset] }
              acme/all: { schema: { type: object, required: [offset] }, key: [/offset] }
            """);
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock,
        List.of("connectors"))) {
      // What retention has taken is not missed: the capture begins at what is left.
      tell(store, "exchange.message.accepted", "AU:old");
      assertThat(store.journal().trim(Instant.now().plusSeconds(60))).isEqualTo(1);
      for (int start = 0; start < 2; start++) {
        try (Connectors connectors = new Connectors(store, dir.resolve("collections"),
            ConnectorsConfig.of(List.of(flow)), new Sealed(List.of(), clock), clock)) {
          connectors.start();
          tell(store, "exchange.message.accepted", "AU:" + start);
          tell(store, "exchange.messages.counted", "AU:other");
          Collection messages = connectors.collections().get("acme/messages");
          Collection all = connectors.collections().get("acme/all");
          int round = start + 1;
          Awaitility.await().atMost(Duration.ofMinutes(1))
              .until(() -> messages.documents() >= round && all.documents() >= 2L * round);
          assertThat(documents(messages)).extracting(event -> event.path("subject").asString(""))
              .isEqualTo(round == 1 ? List.of("AU:0") : List.of("AU:0", "AU:1"));
          assertThat(documents(all)).extracting(event -> event.path("type").asString("")).hasSize(2 * round)
              .doesNotContain("connector.checkpoint");
          JsonNode first = documents(messages).getFirst();
          assertThat(first.path("specversion").asString("")).isEqualTo("1.0");
          assertThat(first.path("data")).isEqualTo(Json.parse("{\"n\":1}"));
        }
      }
    }
  }

  private static void tell(SqlStore store, String type, String subject) {
    store.run(tx -> tx.append(new NewEvent(type, subject, "{\"n\":1}")));
  }

  private static List<JsonNode> documents(Collection collection) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    try (CollectionReader reader = collection.read(0)) {
      while (reader.next()) {
        documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
      }
    }
    return documents;
  }
}

package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.spec.Projections;
import dev.fairway.connectors.spec.Templates;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A store in a folder of the test's own, and what captures the stream {@code rows} into {@code acme/rows}, which has the key {@code /id}. */
abstract class RowsFixture {
  @TempDir
  Path dir;
  SqlStore store;
  Collections collections;

  @BeforeEach
  void openStore() {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), Clock.systemUTC(), List.of("connectors"));
    openCollections();
  }

  @AfterEach
  void closeStore() {
    collections.close();
    store.close();
  }

  /** Opens them as after a start; those opened before must be closed. */
  final void openCollections() {
    collections = new Collections(store, dir.resolve("collections"), segmentBytes());
  }

  /** From how many bytes on a collection goes on in the next file. */
  int segmentBytes() {
    return 1 << 20;
  }

  /** The capture, with this configuration of its only binding. */
  static CaptureSpec spec(JsonNode resource) {
    var rows = Projections.of("acme/rows",
        Json.parse("{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"}}}"), null, List.of("/id"),
        Map.of());
    return new CaptureSpec("acme/source", "LOCAL", Json.object(),
        List.of(new CaptureSpec.Binding(resource, List.of("rows"), rows, 0, "")), 300,
        Templates.shard("capture", "acme/source"), Templates.recoveryLog("capture", "acme/source"), Json.array());
  }

  /** What was captured, in order. */
  final List<JsonNode> rows() {
    List<JsonNode> documents = new ArrayList<>();
    try (CollectionReader reader = collections.get("acme/rows").read(0)) {
      while (reader.next()) {
        documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  /** The {@code id} of each row that was captured, in order. */
  final List<Integer> ids() {
    return rows().stream().map(document -> document.path("id").asInt(0)).toList();
  }
}

package dev.fairway.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.OutputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files of rows, captured once, and from where the last session ended. */
class FilesCaptureTest {
  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);

  /** Runs a session on {@code files/NAME} or what an address says, and answers everything that was ever captured. */
  private List<JsonNode> session(String location, String name) throws Exception {
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"),
        """
            captures:
              acme/files:
                endpoint: { connector: { image: fairway/source-files, config: { location: "%s" } } }
                bindings: [{ resource: { file: %s }, target: acme/rows }]
            collections:
              acme/rows: { schema: { type: object, properties: { _meta: { type: object, properties: { file: { type: string }, row: { type: integer } } } } }, key: [/_meta/file, /_meta/row] }
            """
            .formatted(location, name)),
        sealed);
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
        Connectors connectors = new Connectors(store, dir.resolve("collections"), ConnectorsConfig.of(List.of()),
            sealed,
            clock)) {
      connectors.step(file, file.captures().values().iterator().next()).run();
      List<JsonNode> documents = new ArrayList<>();
      try (CollectionReader reader = connectors.collections().get("acme/rows").read(0)) {
        while (reader.next()) {
          documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
        }
      }
      return documents;
    }
  }

  private Path file(String name) throws Exception {
    return Files.createDirectories(dir.resolve("files")).resolve(name);
  }

  @Test
  void whatIsAppendedIsCapturedOnce() throws Exception {
    Path file = Files.writeString(file("a.jsonl"), "{\"n\":1}\n{\"n\":2}\n");
    String location = dir.resolve("files").toString();
    assertThat(session(location, "a.jsonl")).hasSize(2);
    assertThat(session(location, "a.jsonl")).hasSize(2);
    Files.writeString(file, "{\"n\":3}", StandardOpenOption.APPEND);
    List<JsonNode> all = session(location, "a.jsonl");
    assertThat(all).extracting(document -> document.path("n").asInt(0)).containsExactly(1, 2, 3);
    assertThat(all).extracting(document -> document.path("_meta").path("row").asInt(-1)).containsExactly(0, 1, 2);
    Files.writeString(file, "{\"n\":9}\n");
    assertThatThrownBy(() -> session(location, "a.jsonl")).hasMessageContaining("raise the binding's backfill");
  }

  @Test
  void compressedValuesWithCommasAreRead() throws Exception {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file("b.csv.gz")))) {
      out.write("id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\r\n".getBytes(StandardCharsets.UTF_8));
    }
    List<JsonNode> all = session(dir.resolve("files").toString(), "b.csv.gz");
    assertThat(all).extracting(document -> document.path("text").asString("?")).containsExactly("a, \"b\"\r\nc", "");
    var found = new FilesCapture().discover(new FilesCapture.Config(dir.resolve("files").toString()));
    assertThat(found).singleElement().extracting(one -> one.recommendedName()).isEqualTo("b");
  }

  @Test
  void aFileAtAnAddressIsRead() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/data/c.jsonl", exchange -> {
      try (exchange) {
        byte[] body = "{\"n\":1}\n".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      }
    });
    server.start();
    try {
      String location = "http://127.0.0.1:" + server.getAddress().getPort() + "/data";
      assertThat(session(location, "c.jsonl")).singleElement().extracting(one -> one.path("n").asInt(0)).isEqualTo(1);
      assertThatThrownBy(() -> session(location, "d.jsonl")).hasMessageContaining("cannot read");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aNameNeverLeavesItsFolder() {
    for (String name : List.of("../a.csv", "/etc/a.csv", "a/../../b.csv", "passwd")) {
      assertThatThrownBy(() -> new FilesCapture.Resource(name)).as(name).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property(seed = "1", tries = 300)
  void everyQuotedValueComesBack(@ForAll @Size(min = 1, max = 6) List<@Size(min = 1, max = 6) List<String>> records)
      throws Exception {
    String text = records.stream().map(record -> record.stream().map(field -> "\"" + field.replace("\"", "\"\"") + "\"")
        .collect(Collectors.joining(","))).collect(Collectors.joining("\r\n"));
    Csv csv = new Csv(new StringReader(text));
    for (List<String> record : records) {
      assertThat(csv.next()).contains(record);
    }
    assertThat(csv.next()).isEmpty();
  }

  @Property(seed = "1", tries = 300)
  void whateverItIsItEndsWithRecordsOrAnError(@ForAll String text) {
    Csv csv = new Csv(new StringReader(text));
    try {
      int records = 0;
      while (csv.next().isPresent()) {
        records++;
      }
      assertThat(records).isLessThanOrEqualTo(text.length());
    } catch (java.io.IOException e) {
      assertThat(e).hasMessageContaining("quote");
    }
  }
}

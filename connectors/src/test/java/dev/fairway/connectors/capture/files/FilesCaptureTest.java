package dev.fairway.connectors.capture.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.connector.Settings;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

  @ParameterizedTest
  @CsvSource({"big.jsonl,", "big.csv,n;pad"})
  void aLargeFileIsReadOnFromWhereASessionBrokeOff(String name, @Nullable String header) throws Exception {
    String location = dir.resolve("files").toString();
    StringBuilder text = new StringBuilder(header == null ? "" : header.replace(';', ',') + "\n");
    for (int n = 0; n < 3000; n++) {
      text.append(row(header, n));
    }
    Path file = Files.writeString(file(name), text + "\"broken\"x\n");
    assertThatThrownBy(() -> session(location, name)).isNotNull();

    // Whoever read the beginning again would stumble over this.
    String mended = "\"x\"y\"" + text.substring(5) + row(header, 3000);
    Files.writeString(file, mended);
    assertThat(session(location, name)).extracting(document -> document.path("n").asInt(-1))
        .isEqualTo(IntStream.rangeClosed(0, 3000).boxed().toList());
    Files.writeString(file, row(header, 3001), StandardOpenOption.APPEND);
    assertThat(session(location, name)).last().satisfies(document -> {
      assertThat(document.path("n").asInt(-1)).isEqualTo(3001);
      assertThat(document.path("_meta").path("row").asInt(-1)).isEqualTo(3001);
    });

    Files.writeString(file, "x".repeat(Math.toIntExact(Files.size(file))));
    assertThatThrownBy(() -> session(location, name)).hasMessageContaining("it is another file by now");
    Files.writeString(file, "");
    assertThatThrownBy(() -> session(location, name)).hasMessageContaining("fewer than")
        .hasMessageContaining("had 3002 rows");
  }

  private static String row(@Nullable String header, int n) {
    String pad = "x".repeat(1000);
    return header == null ? "{\"n\":" + n + ",\"pad\":\"" + pad + "\"}\n" : n + "," + pad + "\n";
  }

  @Test
  void aRowThatTheEndOfTheFileEndedIsCapturedOnceThoughItsLineIsEndedLater() throws Exception {
    String location = dir.resolve("files").toString();
    Path file = Files.writeString(file("open.csv"), "n\r\n1\r\n2\r");
    assertThat(session(location, "open.csv")).hasSize(2);
    Files.writeString(file, "\n3", StandardOpenOption.APPEND);
    assertThat(session(location, "open.csv")).hasSize(3);
    Files.writeString(file, "\r\n4\r\n", StandardOpenOption.APPEND);
    assertThat(session(location, "open.csv")).extracting(document -> document.path("n").asInt(0))
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void compressedValuesWithCommasAreRead() throws Exception {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file("b.csv.gz")))) {
      out.write("id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\r\n".getBytes(StandardCharsets.UTF_8));
    }
    List<JsonNode> all = session(dir.resolve("files").toString(), "b.csv.gz");
    assertThat(all).extracting(document -> document.path("text").asString("?")).containsExactly("a, \"b\"\r\nc", "");
    var found = new FilesCapture().discover(
        Settings.read(Json.object().put("location", dir.resolve("files").toString()), FilesCapture.Config.class));
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerIsAskedForWhatIsNew(boolean ranges) throws Exception {
    AtomicReference<String> content = new AtomicReference<>("{\"n\":1}\n{\"n\":2}\n");
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/data/c.jsonl", exchange -> {
      try (exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        asked.add(String.valueOf(range));
        byte[] whole = content.get().getBytes(StandardCharsets.UTF_8);
        int from = range == null || !ranges ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (from > 0) {
          exchange.getResponseHeaders().add("Content-Range",
              "bytes " + from + "-" + (whole.length - 1) + "/" + whole.length);
        }
        int status = from >= whole.length ? 416 : from > 0 ? 206 : 200;
        exchange.sendResponseHeaders(status, status == 416 ? -1 : whole.length - from);
        if (status != 416) {
          exchange.getResponseBody().write(whole, from, whole.length - from);
        }
      }
    });
    server.start();
    try {
      String location = "http://127.0.0.1:" + server.getAddress().getPort() + "/data";
      assertThat(session(location, "c.jsonl")).hasSize(2);
      assertThat(session(location, "c.jsonl")).hasSize(2);
      content.updateAndGet(before -> before + "{\"n\":3}\n");
      assertThat(session(location, "c.jsonl")).extracting(document -> document.path("n").asInt(0))
          .containsExactly(1, 2, 3);
      assertThat(asked).containsExactly("null", "bytes=15-", "bytes=15-");
      content.set("{\"n\":1}\n");
      assertThatThrownBy(() -> session(location, "c.jsonl")).hasMessageContaining("fewer than 24 bytes");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gs://bucket", "s3a://bucket", "ftp://host/data"})
  void aLocationOfAnotherKindIsNoFolder(String location) {
    assertThatThrownBy(() -> Settings.read(Json.object().put("location", location), FilesCapture.Config.class))
        .hasStackTraceContaining("write s3://BUCKET/PREFIX");
  }

  @Test
  void aNameNeverLeavesItsFolder() {
    for (String name : List.of("../a.csv", "/etc/a.csv", "a/../../b.csv", "passwd")) {
      assertThatThrownBy(() -> new FilesCapture.Resource(name)).as(name).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What is left of a text with halves of characters, which UTF-8 cannot say. */
  private static String inUtf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** Reading on from where a record ended gives the records that follow, whatever ends lines. */
  @Property(seed = "1", tries = 300)
  void oneCanGoOnBehindEachRecord(
      @ForAll @Size(min = 1, max = 5) List<@Chars({'a', 'é', ',', '"', '\r', '\n'}) String> fields,
      @ForAll @IntRange(min = 0, max = 2) int ending) throws Exception {
    String text = fields.stream().map(field -> "\"" + field.replace("\"", "\"\"") + "\"")
        .collect(Collectors.joining(List.of("\n", "\r\n", "\r").get(ending)));
    byte[] whole = text.getBytes(StandardCharsets.UTF_8);
    Csv csv = new Csv(bytes(text));
    for (int i = 0; csv.next().isPresent(); i++) {
      if (csv.consumed() >= 0) {
        int at = Math.toIntExact(csv.consumed());
        assertThat(new Csv(new ByteArrayInputStream(whole, at, whole.length - at)).next())
            .isEqualTo(i + 1 < fields.size() ? Optional.of(List.of(fields.get(i + 1))) : Optional.empty());
      } else {
        assertThat(i).as("only the last record is open").isEqualTo(fields.size() - 1);
      }
    }
  }

  @Property(seed = "1", tries = 300)
  void everyQuotedValueComesBack(@ForAll @Size(min = 1, max = 6) List<@Size(min = 1, max = 6) List<String>> records)
      throws Exception {
    String text = records.stream().map(record -> record.stream().map(field -> "\"" + field.replace("\"", "\"\"") + "\"")
        .collect(Collectors.joining(","))).collect(Collectors.joining("\r\n"));
    Csv csv = new Csv(bytes(text));
    for (List<String> record : records) {
      assertThat(csv.next()).contains(record.stream().map(FilesCaptureTest::inUtf8).toList());
    }
    assertThat(csv.next()).isEmpty();
  }

  @Property(seed = "1", tries = 300)
  void whateverItIsItEndsWithRecordsOrAnError(@ForAll String text) {
    Csv csv = new Csv(bytes(text));
    try {
      int records = 0;
      while (csv.next().isPresent()) {
        records++;
      }
      assertThat(records).isLessThanOrEqualTo(text.length());
      assertThat(csv.consumed()).isLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    } catch (java.io.IOException e) {
      assertThat(e).hasMessageContaining("quote");
    }
  }
}

package dev.fairway.exchange;

import static dev.fairway.exchange.TestNode.AU;
import static dev.fairway.exchange.TestNode.SG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.document.DocumentPeer;
import dev.fairway.exchange.document.FetchLimits;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node fetches documents from a Document API that is not what it should be. */
class FetchTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir
  Path folder;
  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer australia;
  private TestNode sg;

  @BeforeEach
  void start() throws Exception {
    australia = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    australia.createContext("/", exchange -> {
      String name = exchange.getRequestURI().getPath().substring(1);
      asked.add(name);
      byte[] body = served.get(name);
      exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
      if (body != null) {
        exchange.getResponseBody().write(body);
      }
      exchange.close();
    });
    australia.start();
    DocumentPeer peer = new DocumentPeer(URI.create("http://127.0.0.1:" + australia.getAddress().getPort() + "/"),
        Optional.empty());
    sg = new TestNode(folder.resolve("SG"),
        new ExchangeConfig(SG, Set.of(), false, ExchangeConfig.UPLOAD_LIMIT, Map.of(AU, peer),
            new FetchLimits(2, 4, 1 << 20, 1_000, Duration.ofSeconds(30)),
            Map.of("shared", new ChannelConfig.SharedDatabase(medium(), Set.of(AU, SG))),
            List.of(Rule.to("all", Match.ANY, List.of("shared"))), 201, Duration.ofSeconds(1), Duration.ofHours(24)));
  }

  private MediumHome medium() {
    return new MediumHome.Folder(folder.resolve("medium"));
  }

  @AfterEach
  void stop() {
    sg.close();
    australia.stop(0);
  }

  private static String name(byte[] bytes) throws Exception {
    return Multihash.of(BlobId.of(MessageDigest.getInstance("SHA-256").digest(bytes))).toString();
  }

  private String serve(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    served.put(name(bytes), bytes);
    return name(bytes);
  }

  private StoredMessage arrived(String document) {
    try (SharedDatabaseChannel au = new SharedDatabaseChannel(medium(), AU, Set.of(AU, SG), InstantSource.system())) {
      au.post(new Envelope(new Message(AU, SG, "subject", document, "a.b.c"), Optional.of("r"), "AU:r"));
    }
    MessageRef ref = MessageRef.parse("AU:r");
    await().atMost(SOON).until(() -> sg.exchange.messages().find(ref).map(StoredMessage::documents)
        .filter(documents -> documents != StoredMessage.Documents.FETCHING).isPresent());
    return sg.exchange.messages().find(ref).orElseThrow();
  }

  @Test
  void otherBytesThanWereNamedAreNotKept() throws Exception {
    String name = name("what was meant".getBytes(StandardCharsets.UTF_8));
    served.put(name, "something else".getBytes(StandardCharsets.UTF_8));
    assertThat(arrived(name).documents()).isEqualTo(StoredMessage.Documents.INCOMPLETE);
    assertThat(sg.get("/message-api/message/AU:r/journal").body()).contains("sent other bytes than " + name);
    assertThat(sg.get("/document-api/" + name + "?as_jurisdiction=SG").statusCode()).isEqualTo(404);
  }

  @Test
  void linksAreNotFollowedDeeperThanTheLimit() throws Exception {
    String document = serve("the deepest");
    List<String> chain = new ArrayList<>(List.of(document));
    for (int i = 0; i < 4; i++) {
      document = serve("{\"links\":[{\"link\":\"" + document + "\"}]}");
      chain.add(document);
    }
    assertThat(arrived(document).documents()).isEqualTo(StoredMessage.Documents.INCOMPLETE);
    assertThat(sg.get("/message-api/message/AU:r/journal").body()).contains("links deeper than 2 are not followed");
    assertThat(asked).doesNotContain(chain.getFirst());
  }

  @Test
  void moreDocumentsThanTheLimitAreNotFetched() throws Exception {
    StringBuilder links = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      links.append(i == 0 ? "" : ",").append("{\"link\":\"").append(serve("annex " + i)).append("\"}");
    }
    String document = serve("{\"links\":[" + links + "]}");
    assertThat(arrived(document).documents()).isEqualTo(StoredMessage.Documents.INCOMPLETE);
    assertThat(sg.get("/message-api/message/AU:r/journal").body()).contains("more than 4 documents are not fetched");
  }

  @Test
  void documentLargerThanTheLimitIsNotKept() throws Exception {
    String name = serve("x".repeat(5_000));
    assertThat(arrived(name).documents()).isEqualTo(StoredMessage.Documents.INCOMPLETE);
    assertThat(sg.get("/document-api/" + name + "?as_jurisdiction=SG").statusCode()).isEqualTo(404);
  }
}

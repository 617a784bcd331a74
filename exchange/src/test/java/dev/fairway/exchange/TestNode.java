package dev.fairway.exchange;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.document.DocumentPeer;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.blob.DiskBlobs;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.web.Authenticator;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.websub.wire.SecretSeal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One whole node: embedded store, blobs on disk, workers, the exchange, a real server on loopback. */
final class TestNode implements AutoCloseable {
  static final Jurisdiction AU = new Jurisdiction("AU");
  static final Jurisdiction SG = new Jurisdiction("SG");
  static final Jurisdiction NZ = new Jurisdiction("NZ");
  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final SqlStore store;
  final Exchange exchange;
  final WebServer server;
  private final Workers workers;
  private final OutboundClient client;

  TestNode(Path folder, ExchangeConfig config) {
    this(folder, config, 0, new DevAuthenticator());
  }

  TestNode(Path folder, ExchangeConfig config, int port, Authenticator authenticator) {
    Clock clock = Clock.systemUTC();
    store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("store")), clock, Exchange.ROOMS);
    Handlers handlers = new Handlers();
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
    AtomicReference<WebServer> listener = new AtomicReference<>();
    exchange = new Exchange(config, new Exchange.Parts(store, new DiskBlobs(folder.resolve("blobs")), handlers, client,
        client, new SecretSeal(List.of(SecretSeal.newKey())), () -> listener.get().baseUrl(), clock));
    server = WebServer.start(WebConfig.at("127.0.0.1", port), authenticator, exchange.doors());
    listener.set(server);
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT).start();
    exchange.start();
  }

  static DocumentPeer peer(int port) {
    return new DocumentPeer(URI.create("http://127.0.0.1:" + port + "/document-api/"), Optional.empty());
  }

  static ObjectNode message(Jurisdiction sender, Jurisdiction receiver, String obj) {
    return Json.object().put("sender", sender.code()).put("receiver", receiver.code())
        .put("subject", sender + ".abn0000000000.XXXX-1").put("obj", obj)
        .put("predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created");
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  HttpResponse<String> postJson(String path, Object body, String... headers) throws Exception {
    HttpRequest.Builder request = request(path).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> patchJson(String path, Object body, String... headers) throws Exception {
    HttpRequest.Builder request = request(path).header("Content-Type", "application/json").method("PATCH",
        HttpRequest.BodyPublishers.ofString(body.toString()));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> upload(String path, String... filesAndTypes) throws Exception {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < filesAndTypes.length; i += 2) {
      body.append("--frontier\r\nContent-Disposition: form-data; name=\"document").append(i)
          .append("\"; filename=\"document.json\"\r\nContent-Type: ").append(filesAndTypes[i + 1]).append("\r\n\r\n")
          .append(filesAndTypes[i]).append("\r\n");
    }
    body.append("--frontier--\r\n");
    return send(request(path).header("Content-Type", "multipart/form-data; boundary=frontier")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  String uploaded(Jurisdiction reader, String text, String type) throws Exception {
    HttpResponse<String> answer = upload("/document-api/jurisdictions/" + reader, text, type);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return Json.parse(answer.body()).get("multihash").stringValue();
  }

  MessageRef posted(ObjectNode message) throws Exception {
    HttpResponse<String> answer = postJson("/message-api/message", message);
    if (answer.statusCode() != 201) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    JsonNode json = Json.parse(answer.body());
    return MessageRef.parse(json.get("sender").stringValue() + ":" + json.get("sender_ref").stringValue());
  }

  Optional<MessageState> state(MessageRef ref) {
    return exchange.messages().find(ref).map(StoredMessage::state);
  }

  @Override
  public void close() {
    server.close();
    workers.close();
    exchange.close();
    store.close();
    client.close();
  }
}

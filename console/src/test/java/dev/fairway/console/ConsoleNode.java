package dev.fairway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.installed.Installations;
import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestDesk;
import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.console.page.AuditPage;
import dev.fairway.console.page.ChannelsPage;
import dev.fairway.console.page.DeadLettersPage;
import dev.fairway.console.page.DocumentsPage;
import dev.fairway.console.page.IntegrationsPage;
import dev.fairway.console.page.JournalPage;
import dev.fairway.console.page.MarketPage;
import dev.fairway.console.page.MessagesPage;
import dev.fairway.console.page.OverviewPage;
import dev.fairway.console.page.RequestsPage;
import dev.fairway.console.page.SubscriptionsPage;
import dev.fairway.console.page.WorkPage;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkKind;
import dev.fairway.exchange.Exchange;
import dev.fairway.exchange.ExchangeConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.JsonCodec;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.blob.DiskBlobs;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.web.Authenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Health;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.websub.hub.RequestResult;
import dev.fairway.websub.hub.SubscriptionRequest;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.SecretSeal;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One whole node with its console, and a kind of work that fails as long as it is told to. */
final class ConsoleNode implements AutoCloseable {
  /** The document its messages speak of, which it does not have. */
  static final String ABSENT = "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n";

  /** Work that fails while {@link #broken} is set. */
  record Parcel(String address) {}

  static final WorkKind<Parcel> PARCELS = WorkKind.of("parcel.send", JsonCodec.of(Parcel.class))
      .withRetry(new RetryPolicy(2, Duration.ofMinutes(1), Duration.ofMillis(1), Duration.ofMillis(2)));

  final AtomicBoolean broken = new AtomicBoolean(true);
  final Health health = new Health();
  final SqlStore store;
  final Exchange exchange;
  final DeadLetters dead;
  final WebServer server;
  final Installations installations;
  final Automation automation;
  final Asking asking;
  private final Workers workers;
  private final OutboundClient client;
  private final HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
      .cookieHandler(new CookieManager()).build();

  ConsoleNode(Path folder, Authenticator authenticator, int port) {
    Clock clock = Clock.systemUTC();
    Jurisdiction au = new Jurisdiction("AU");
    Jurisdiction sg = new Jurisdiction("SG");
    store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("store")), clock,
        Stream.concat(Exchange.ROOMS.stream(), Stream.of("automation")).toList());
    Handlers handlers = new Handlers();
    handlers.add(PARCELS, delivery -> broken.get()
        ? Outcome.fail("no road to " + delivery.payload().address())
        : Outcome.done());
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
    exchange = new Exchange(
        ExchangeConfig.of(au, Map.of(),
            Map.of("shared",
                new ExchangeConfig.ChannelConfig.SharedDatabase(new MediumHome.Folder(folder.resolve("medium")),
                    Set.of(au, sg))),
            List.of(Rule.to("all", Match.ANY, List.of("shared")))),
        new Exchange.Parts(store, new DiskBlobs(folder.resolve("blobs")), handlers, client, client,
            new SecretSeal(List.of(SecretSeal.newKey())), this::base, clock));
    StoreLedger ledger = new StoreLedger(store, List.of());
    automation = new Automation(store, handlers, Ledgers.of(ledger), call -> {
      throw new IOException("no road to " + call.url());
    }, clock, AutomationConfig.DEFAULT);
    ShippedIntegrations.types().forEach(automation::offer);
    installations = new Installations(store, new DiskBlobs(folder.resolve("packages-in")), folder.resolve("packages"),
        automation);
    dead = new DeadLetters(store, handlers);
    RequestDesk desk = new RequestDesk(automation, store, dead);
    desk.registerWith(handlers);
    WorkOverview work = new WorkOverview(store);
    health.register("store", () -> Optional.empty());
    Console console = new Console("AU",
        List.of(new OverviewPage(health, work, dead, store.journal(), clock),
            new MessagesPage(exchange.messages(), store.journal(), clock),
            new DocumentsPage(exchange.documents(), clock), new ChannelsPage(exchange, clock),
            new SubscriptionsPage(List.of(exchange.hub()), clock),
            new IntegrationsPage(installations, work, clock),
            new RequestsPage(new RequestBook(store), desk, dead, clock),
            new WorkPage(work, clock), new DeadLettersPage(dead, clock), new AuditPage(new Audit(store), clock),
            new JournalPage(store.journal(), clock)),
        List.of(MarketPage.ABSENCE), store.journal(), authenticator);
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT).start();
    List<Door> doors = new ArrayList<>(exchange.doors());
    doors.addAll(automation.doors());
    doors.add(console.door());
    doors.add(new Door("listener", "/listener", ErrorStyle.PROBLEM,
        List.of(Route.get("", "Means every subscription").anyone()
            .handle(call -> call.text(200, "text/plain", call.query("hub.challenge").orElse(""))))));
    server = WebServer.start(WebConfig.at("127.0.0.1", port).withDrain(Duration.ofSeconds(1)), authenticator, doors);
    exchange.start();
    asking = new Asking(ledger, automation);
  }

  private URI base() {
    return server.baseUrl();
  }

  void parcel(String address) {
    store.run(tx -> tx.enqueue(NewWork.of(PARCELS, new Parcel(address))));
  }

  /** Hands a message in; its reference. */
  String message(String subject) throws IOException, InterruptedException {
    String body = Json.object().put("sender", "AU").put("receiver", "SG").put("subject", subject)
        .put("obj", ABSENT)
        .put("predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created").toString();
    HttpResponse<String> answer = browser.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/message-api/message"))
            .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
    return "AU:" + Json.parse(answer.body()).get("sender_ref").stringValue();
  }

  /** Brings a document that a jurisdiction may read; its name. */
  String document(String text, String reader) throws IOException, InterruptedException {
    String body = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
        + "Content-Type: text/plain\r\n\r\n" + text + "\r\n--edge--\r\n";
    HttpResponse<String> answer = browser.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/document-api/jurisdictions/" + reader))
            .header("Content-Type", "multipart/form-data; boundary=edge").POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
    return Json.parse(answer.body()).get("multihash").stringValue();
  }

  /** Subscribes this node's own listener to a topic; the id of the subscription. */
  String subscribe(String topic) throws InterruptedException {
    RequestResult result = exchange.hub().requestNow(
        SubscriptionRequest.subscribe(new Topic(topic), new Callback(server.baseUrl() + "/listener")));
    assertThat(result).isInstanceOf(RequestResult.Accepted.class);
    return exchange.hub().list(Optional.empty(), "", 500).stream()
        .filter(subscription -> subscription.topic().text().equals(topic)).findFirst().orElseThrow().id();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return browser.send(HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).build(), BodyHandlers.ofString());
  }

  /** Asks as a browser does. */
  HttpResponse<String> look(String path) throws IOException, InterruptedException {
    return browser.send(HttpRequest.newBuilder(URI.create(server.baseUrl() + path))
        .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8").build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, Map<String, String> fields) throws IOException, InterruptedException {
    String form = fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    return browser.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + path))
            .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form)).build(),
        BodyHandlers.ofString());
  }

  @Override
  public void close() {
    server.close();
    automation.close();
    workers.close();
    exchange.close();
    store.close();
    client.close();
  }
}

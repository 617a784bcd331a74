package dev.fairway.websub;

import static org.awaitility.Awaitility.await;

import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.websub.http.CallbackRoutes;
import dev.fairway.websub.http.ChannelSubscriptionRoutes;
import dev.fairway.websub.http.SubscriptionRights;
import dev.fairway.websub.http.SubscriptionRoutes;
import dev.fairway.websub.hub.Admission;
import dev.fairway.websub.hub.Hub;
import dev.fairway.websub.hub.HubConfig;
import dev.fairway.websub.hub.Hubs;
import dev.fairway.websub.hub.Publication;
import dev.fairway.websub.subscriber.HubAccess;
import dev.fairway.websub.subscriber.Subscriber;
import dev.fairway.websub.subscriber.SubscriberConfig;
import dev.fairway.websub.wire.SecretSeal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A small node: a store in a folder, two hubs ({@code node} and the channel {@code shared}), a subscriber, and a listener with
 * all their routes. Its clock stands still and its work is done when a test says so.
 *
 * <p>An event of type {@code test.told} with body {@code {"topic", "body"}} is published by both hubs.
 */
public final class Node implements AutoCloseable {
  private static @Nullable Path migrated;

  public final TestClock clock = new TestClock();
  public final SqlStore store;
  public final OutboundClient client;
  public final Hubs hubs;
  public final Hub hub;
  public final Hub channelHub;
  public final Subscriber subscriber;
  public final Workers workers;
  public final List<String> notices = new CopyOnWriteArrayList<>();
  public final AtomicReference<Admission> admission = new AtomicReference<>(Admission.ALL);
  public final WebServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  public Node(Path folder) {
    this(folder, false, new SecretSeal(List.of(SecretSeal.newKey())));
  }

  public Node(Path folder, boolean verifyFirst, SecretSeal seal) {
    copyMigrated(folder);
    store = SqlStore.open(new StorageConfig.Embedded(folder), clock, List.of("websub"));
    client = new OutboundClient(OutboundConfig.defaults().withTimes(Duration.ofSeconds(2), Duration.ofSeconds(5)),
        EgressPolicy.trusting());
    hubs = new Hubs(store, client, seal, clock);
    AtomicReference<URI> base = new AtomicReference<>();
    hub = hubs.open(HubConfig.of("node", base::get, "/subscription-api/subscriptions", "/topics/"),
        request -> admission.get().refusal(request), Node::told);
    channelHub = hubs.open(HubConfig.of("shared", () -> URI.create(base.get() + "/channels/shared"), "/subscriptions",
        "/topic/"), Admission.ALL, Node::told);
    subscriber = new Subscriber(SubscriberConfig.of(() -> URI.create(base.get() + "/rx-api/channel-message/")), store,
        client, seal, HubAccess.OPEN);
    Handlers handlers = new Handlers().add(Hubs.VERIFY, hubs.verifier()).add(Hubs.DELIVER, hubs.deliverer())
        .add(Hubs.DENY, hubs.denier()).add(Hubs.UPKEEP, hubs.keeper()).add(Subscriber.KEEP, subscriber.keeper());
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT);
    SubscriptionRoutes routes = new SubscriptionRoutes(hub, SubscriptionRights.IGL, verifyFirst);
    server = WebServer.start(WebConfig.loopback().withDrain(Duration.ZERO), new DevAuthenticator(),
        List.of(new Door("subscriptions", "/subscription-api", ErrorStyle.LEGACY, routes.subscriptions()),
            new Door("topics", "", ErrorStyle.PROBLEM, routes.topics()),
            new Door("channel", "/channels/{id}", ErrorStyle.LEGACY,
                new ChannelSubscriptionRoutes(_ -> channelHub, "igl.channel", verifyFirst).routes()),
            new Door("rx", "/rx-api", ErrorStyle.LEGACY,
                new CallbackRoutes(subscriber, store, (_, channel, id) -> notices.add(channel + " " + id)).routes())));
    base.set(server.baseUrl());
  }

  /* Migrating takes longer than most tests, so it is done once. */
  private static synchronized void copyMigrated(Path folder) {
    try {
      if (migrated == null) {
        Path made = Files.createTempDirectory("websub-migrated");
        SqlStore.open(new StorageConfig.Embedded(made), new TestClock(), List.of("websub")).close();
        migrated = made.resolve("fairway.db");
        migrated.toFile().deleteOnExit();
      }
      Path file = folder.resolve("fairway.db");
      if (!Files.exists(file)) {
        Files.copy(migrated, file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Publication> told(Event event) {
    if (!event.type().equals("test.told")) {
      return List.of();
    }
    List<Publication> publications = new ArrayList<>();
    for (JsonNode publication : Json.parse(event.body())) {
      publications.add(
          Publication.json(publication.get("topic").stringValue(), publication.get("body").stringValue()));
    }
    return publications;
  }

  /** One event told under one topic. */
  public void tell(String topic, String body) {
    tell(List.of(Publication.json(topic, body)));
  }

  /** One event told under several topics. */
  public void tell(List<Publication> publications) {
    store.run(tx -> tx.append(new NewEvent("test.told", "test", Json.text(publications))));
  }

  /** Lets the hubs follow what has happened, and does all work that is due. */
  public int settle() {
    int done = 0;
    int turn;
    do {
      follow();
      turn = workers.runAll();
      done += turn;
    } while (turn > 0);
    return done;
  }

  /** Lets the hubs follow what has happened, without doing any work. */
  public void follow() {
    for (String scope : List.of("node", "shared")) {
      await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2))
          .until(() -> hubs.follower(scope).orElseThrow().offset() >= store.journal().end());
    }
  }

  /** Subscribes by form, as a client does, and settles. */
  public HttpResponse<String> subscribe(String topic, String callback, String... more) {
    HttpResponse<String> answer = request("subscribe", topic, callback, more);
    settle();
    return answer;
  }

  public HttpResponse<String> request(String mode, String topic, String callback, String... more) {
    List<String> fields = new ArrayList<>(List.of("hub.mode", mode, "hub.topic", topic, "hub.callback", callback));
    fields.addAll(List.of(more));
    return post("/subscription-api/subscriptions", form(fields.toArray(String[]::new)));
  }

  /** Names and values in turn, as a form. */
  public static String form(String... fields) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      text.append(i == 0 ? "" : "&").append(URLEncoder.encode(fields[i], StandardCharsets.UTF_8)).append('=')
          .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  public HttpResponse<String> post(String path, String form) {
    return send(HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  public URI uri(String path) {
    return URI.create(server.baseUrl() + path);
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
    workers.close();
    client.close();
    server.close();
    hubs.close();
    store.close();
  }
}

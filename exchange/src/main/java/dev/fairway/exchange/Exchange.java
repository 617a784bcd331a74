package dev.fairway.exchange;

import dev.fairway.core.blob.Blobs;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.Message;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.NewWork;
import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.HttpChannel;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Fetch;
import dev.fairway.exchange.delivery.Inbound;
import dev.fairway.exchange.delivery.Maintenance;
import dev.fairway.exchange.delivery.Observer;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.exchange.delivery.Post;
import dev.fairway.exchange.delivery.Retrieve;
import dev.fairway.exchange.delivery.Route;
import dev.fairway.exchange.delivery.Track;
import dev.fairway.exchange.delivery.Works;
import dev.fairway.exchange.document.DocumentDoor;
import dev.fairway.exchange.document.Documents;
import dev.fairway.exchange.endpoint.ChannelEndpoint;
import dev.fairway.exchange.endpoint.EndpointPublications;
import dev.fairway.exchange.endpoint.RoutingDoor;
import dev.fairway.exchange.message.Jurisdictions;
import dev.fairway.exchange.message.MessageDoor;
import dev.fairway.exchange.message.MessageForm;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.meter.MessageGauges;
import dev.fairway.exchange.routing.Routing;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.exchange.routing.RoutingVersions;
import dev.fairway.exchange.simplex.SimplexChannel;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.LegacyError;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.websub.http.CallbackRoutes;
import dev.fairway.websub.http.ChannelSubscriptionRoutes;
import dev.fairway.websub.http.SubscriptionRights;
import dev.fairway.websub.http.SubscriptionRoutes;
import dev.fairway.websub.hub.Admission;
import dev.fairway.websub.hub.Hub;
import dev.fairway.websub.hub.HubConfig;
import dev.fairway.websub.hub.Hubs;
import dev.fairway.websub.subscriber.Source;
import dev.fairway.websub.subscriber.Subscriber;
import dev.fairway.websub.subscriber.SubscriberConfig;
import dev.fairway.websub.subscriber.Wanted;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.SecretSeal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The exchange of one node, put together. In this order: the store with {@link #ROOMS}; this; the workers with the handlers
 * it was given; the server with its {@link #doors}; then {@link #start}. On the way down: the server, the workers, this, the
 * store.
 */
public final class Exchange implements AutoCloseable {
  /** Whose migrations the store must run. */
  public static final List<String> ROOMS = List.of("websub", "exchange");

  /** The hub whose subscribers are told of messages. */
  public static final String NODE_HUB = "node";
  private static final String CHANNEL_HUB = "channel.";

  private final ExchangeConfig config;
  private final Parts parts;
  private final Jurisdictions jurisdictions;
  private final Messages messages;
  private final Documents documents;
  private final Routing routing;
  private final RoutingVersions versions;
  private final Maintenance maintenance;
  private final Ports ports;
  private final Map<String, Observer> observers = new LinkedHashMap<>();
  private final MessageGauges gauges;
  private final Hubs hubs;
  private final Hub hub;
  private final Subscriber subscriber;
  private final List<Door> doors;

  /**
   * What the exchange is built from; all of it is the node's to close.
   *
   * @param peers calls URLs the operator wrote down: channel endpoints and Document APIs
   * @param callbacks calls URLs subscribers gave
   * @param seal keeps the secrets of subscriptions
   * @param meters where the channels are measured
   * @param base the public URL before a path of the node, without a slash at the end; asked when needed, since a port may
   * be picked late
   */
  public record Parts(Store store, Blobs blobs, Handlers handlers, OutboundClient peers, OutboundClient callbacks,
      SecretSeal seal, MeterRegistry meters, Function<String, URI> base, Clock clock) {
    /** One that nobody measures, with one listener for all doors. */
    public Parts(Store store, Blobs blobs, Handlers handlers, OutboundClient peers, OutboundClient callbacks,
        SecretSeal seal, Supplier<URI> base, Clock clock) {
      this(store, blobs, handlers, peers, callbacks, seal, new CompositeMeterRegistry(), _ -> base.get(), clock);
    }
  }

  /** Opens the channels and hubs, and registers what handles the exchange's work. */
  public Exchange(ExchangeConfig config, Parts parts) {
    this.config = config;
    this.parts = parts;
    Store store = parts.store();
    Clock clock = parts.clock();
    jurisdictions = new Jurisdictions(config.furtherJurisdictions());
    messages = new Messages(store, config.own(), Works.ROUTE);
    documents = new Documents(store, parts.blobs(), config.own());
    versions = new RoutingVersions(store);
    RoutingVersions.Version inForce = versions.settle(config.routes());
    routing = new Routing(new RoutingTable(inForce.number(), inForce.rules()));
    List<ChannelPort> opened = new ArrayList<>();
    config.channels().forEach((id, channel) -> opened.add(open(id, channel)));
    ports = new Ports(opened);
    maintenance = new Maintenance(store, ports);
    maintenance.refresh();
    Inbound inbound = new Inbound(config.own());
    for (ChannelPort port : opened) {
      observers.put(port.id(), new Observer(store, port, inbound, config.own(), clock, config.catchUp()));
    }
    gauges = new MessageGauges(messages, config.channels().keySet(), parts.meters(), clock);
    hubs = new Hubs(store, parts.callbacks(), parts.seal(), clock);
    hub = hubs.open(
        HubConfig.of(NODE_HUB, () -> parts.base().apply("/subscription-api"), "/subscription-api/subscriptions",
            "/subscription-api/topics/"),
        Admission.ALL, new Publications());
    opened.stream().filter(ChannelPort::served)
        .forEach(port -> hubs.open(
            HubConfig.of(CHANNEL_HUB + port.id(), () -> under("/channels/" + port.id()),
                "/messages/subscriptions/by_id", "/topic/"),
            Admission.ALL, new EndpointPublications(port)));
    subscriber = new Subscriber(
        SubscriberConfig.of(() -> under("/rx-api/channel-message/")), store, parts.peers(),
        parts.seal(), channel -> endpoint(channel).flatMap(http -> http.endpoint().tokens()));
    register(inbound);
    doors = makeDoors();
  }

  private URI under(String path) {
    return URI.create(parts.base().apply(path) + path);
  }

  private ChannelPort open(String id, ChannelConfig channel) {
    return switch (channel) {
      case ChannelConfig.SharedDatabase(var medium, var participants) ->
        port(id, new SharedDatabaseChannel(medium, config.own(), participants, parts.clock()), channel, true);
      case ChannelConfig.Http(var endpoint, var participants, var uncertain) -> new ChannelPort(id,
          new HttpChannel(parts.peers(), endpoint, parts.clock()), participants, uncertain, false, parts.meters());
      case ChannelConfig.Simplex(var peers, var key, _) -> port(id,
          new SimplexChannel(id, config.own(), peers, key, parts.store(), parts.peers(), parts.clock()), channel, true);
      case ChannelConfig.Ready(_, var ready, _) -> port(id, ready, channel, true);
    };
  }

  private ChannelPort port(String id, Channel channel, ChannelConfig config, boolean served) {
    return new ChannelPort(id, channel, config.participants(), ChannelPort.Uncertain.HOLD, served,
        parts.meters());
  }

  private void register(Inbound inbound) {
    Store store = parts.store();
    Clock clock = parts.clock();
    parts.handlers().add(Works.ROUTE, new Route(store, routing, ports, clock))
        .add(Works.POST, new Post(store, ports, clock)).add(Works.TRACK, new Track(store, ports, clock, config.watch()))
        .add(Works.RETRIEVE, new Retrieve(ports, inbound, clock))
        .add(Works.FETCH,
            new Fetch(store, parts.blobs(), parts.peers(), config.own(), config.documents(), config.fetch(), clock))
        .add(Hubs.VERIFY, hubs.verifier()).add(Hubs.DELIVER, hubs.deliverer()).add(Hubs.DENY, hubs.denier())
        .add(Hubs.UPKEEP, hubs.keeper()).add(Subscriber.KEEP, subscriber.keeper());
  }

  private List<Door> makeDoors() {
    SubscriptionRoutes subscriptions = new SubscriptionRoutes(hub, SubscriptionRights.IGL, false);
    CallbackRoutes callbacks = new CallbackRoutes(subscriber, parts.store(), (tx, channel, id) -> {
      tx.enqueue(NewWork.of(Works.RETRIEVE, new Works.Notice(channel, id)).unique(channel + "/" + id));
      tx.afterCommit(() -> Optional.ofNullable(observers.get(channel)).ifPresent(Observer::wake));
    });
    ChannelSubscriptionRoutes channelSubscriptions = new ChannelSubscriptionRoutes(
        call -> hubs.find(CHANNEL_HUB + call.param("channel"))
            .orElseThrow(() -> LegacyError.generic(404, "this node serves no such channel")),
        "igl.channel", false);
    ChannelEndpoint endpoint = new ChannelEndpoint(ports, config.own(),
        (channel, id) -> hubs.find(CHANNEL_HUB + channel).orElseThrow().links(new Topic(id)));
    List<Door> made = new ArrayList<>(
        new RoutingDoor(routing, versions, ports, maintenance, config.own(), parts.clock()).doors());
    DocumentDoor documentDoor = new DocumentDoor(documents, jurisdictions, config.uploadLimit());
    made.addAll(List.of(new MessageDoor(messages, jurisdictions, config.loopback(), config.readStatus()).door(),
        documentDoor.door(), documentDoor.catalogue(),
        new Door("subscription", "/subscription-api", ErrorStyle.LEGACY,
            Stream.of(subscriptions.subscriptions(), subscriptions.topics(), index("subscriptions"))
                .flatMap(List::stream).toList()),
        new Door("message_rx", "/rx-api", ErrorStyle.LEGACY,
            Stream.concat(callbacks.routes().stream(), index("message_rx").stream()).toList()),
        endpoint.door(channelSubscriptions.routes())));
    return List.copyOf(made);
  }

  private static List<dev.fairway.web.Route> index(String service) {
    return List.of(dev.fairway.web.Route.get("", "Names the service").anyone()
        .handle(call -> call.json(200, Map.of("service", service))));
  }

  private Optional<ChannelConfig.Http> endpoint(String channel) {
    return config.channels().get(channel) instanceof ChannelConfig.Http http ? Optional.of(http) : Optional.empty();
  }

  /** The gauges of messages under way; to be refreshed before a scrape. */
  public MessageGauges gauges() {
    return gauges;
  }

  /** What it serves. */
  public List<Door> doors() {
    return doors;
  }

  public Messages messages() {
    return messages;
  }

  /**
   * A message that a part of the node wants to hand in, checked by the rules for all.
   *
   * @param senderRef makes a resend harmless
   * @throws dev.fairway.core.FairwayException with {@code INVALID} and all faults
   */
  public MessageForm form(Message message, String senderRef) {
    return MessageForm.of(message, senderRef, jurisdictions, config.loopback());
  }

  public Documents documents() {
    return documents;
  }

  public Routing routing() {
    return routing;
  }

  public Ports channels() {
    return ports;
  }

  /** Of which kind each channel is, by its id. */
  public Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    config.channels().forEach((id, channel) -> kinds.put(id, channel.kind()));
    return kinds;
  }

  /** The hub whose subscribers are told of messages. */
  public Hub hub() {
    return hub;
  }

  /** This node's own subscriptions at channel endpoints. */
  public Subscriber subscriber() {
    return subscriber;
  }

  /** Every version of the rules. */
  public RoutingVersions routingVersions() {
    return versions;
  }

  public Maintenance maintenance() {
    return maintenance;
  }

  /**
   * Takes over what other processes on the same store have changed: rules in force, channels in maintenance. Cheap; to be
   * called every few seconds where several processes share a store.
   */
  public void refresh() {
    versions.newest().filter(newest -> newest.number() != routing.table().version())
        .ifPresent(newest -> routing.replace(new RoutingTable(newest.number(), newest.rules())));
    maintenance.refresh();
  }

  /** Begins to read the channels, and asks their endpoints to be told of messages. The server must be up. */
  public void start() {
    List<Wanted> wanted = new ArrayList<>();
    for (String id : config.channels().keySet()) {
      endpoint(id).ifPresent(http -> wanted.add(new Wanted(id, config.own().code(),
          new Source.Hub(http.endpoint().base().resolve("messages/subscriptions/by_jurisdiction")),
          Set.of("jurisdiction." + config.own()), http.endpoint().signed())));
    }
    subscriber.want(wanted);
    observers.values().forEach(Observer::start);
  }

  /** Stops reading and telling, then closes the channels. */
  @Override
  public void close() {
    observers.values().forEach(Observer::close);
    hubs.close();
    ports.all().forEach(port -> port.channel().close());
  }
}

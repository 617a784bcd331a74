package dev.fairway.exchange;

import dev.fairway.core.blob.Blobs;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.store.Store;
import dev.fairway.exchange.channel.HttpChannel;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Fetch;
import dev.fairway.exchange.delivery.Inbound;
import dev.fairway.exchange.delivery.Observer;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.exchange.delivery.Post;
import dev.fairway.exchange.delivery.Retrieve;
import dev.fairway.exchange.delivery.Route;
import dev.fairway.exchange.delivery.Track;
import dev.fairway.exchange.delivery.Works;
import dev.fairway.exchange.document.DocumentDoor;
import dev.fairway.exchange.document.Documents;
import dev.fairway.exchange.message.Jurisdictions;
import dev.fairway.exchange.message.MessageDoor;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.routing.Routing;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Door;
import dev.fairway.web.outbound.OutboundClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exchange of one node, put together. Made in this order: the store (with the room {@value #ROOM}), this, then the
 * workers with the handlers it was given, then {@link #start}, then the server with its {@link #doors}.
 */
public final class Exchange implements AutoCloseable {
  /** Whose migrations the store must run. */
  public static final String ROOM = "exchange";

  private final Messages messages;
  private final Documents documents;
  private final Routing routing;
  private final Ports ports;
  private final Map<String, Observer> observers = new LinkedHashMap<>();
  private final List<Door> doors;

  /**
   * Opens the channels and registers what handles the exchange's work.
   *
   * @param client for URLs the operator wrote down: channel endpoints and Document APIs
   */
  public Exchange(ExchangeConfig config, Store store, Blobs blobs, Handlers handlers, OutboundClient client,
      Clock clock) {
    Jurisdictions jurisdictions = new Jurisdictions(config.furtherJurisdictions());
    messages = new Messages(store, config.own(), Works.ROUTE);
    documents = new Documents(store, blobs, config.own());
    routing = new Routing(new RoutingTable(1, config.routes()));
    List<ChannelPort> opened = new ArrayList<>();
    config.channels().forEach((id, channel) -> opened.add(open(id, channel, config, client, clock)));
    ports = new Ports(opened);
    Inbound inbound = new Inbound(config.own());
    for (ChannelPort port : opened) {
      observers.put(port.id(), new Observer(store, port, inbound, config.own(), clock, config.catchUp()));
    }
    handlers.add(Works.ROUTE, new Route(store, routing, ports, clock));
    handlers.add(Works.POST, new Post(store, ports, clock));
    handlers.add(Works.TRACK, new Track(store, ports, clock, config.watch()));
    handlers.add(Works.RETRIEVE, new Retrieve(ports, inbound, clock));
    handlers.add(Works.FETCH,
        new Fetch(store, blobs, client, config.own(), config.documents(), config.fetch(), clock));
    doors = List.of(new MessageDoor(messages, jurisdictions, config.loopback(), config.readStatus()).door(),
        new DocumentDoor(documents, jurisdictions, config.uploadLimit()).door());
  }

  private static ChannelPort open(String id, ExchangeConfig.ChannelConfig config, ExchangeConfig exchange,
      OutboundClient client, Clock clock) {
    ChannelPort.Uncertain uncertain = ChannelPort.Uncertain.HOLD;
    Channel channel = switch (config) {
      case ExchangeConfig.ChannelConfig.SharedDatabase(var medium, var participants) ->
        new SharedDatabaseChannel(medium, exchange.own(), participants, clock);
      case ExchangeConfig.ChannelConfig.Http(var endpoint, _, var policy) -> {
        uncertain = policy;
        yield new HttpChannel(client, endpoint, clock);
      }
      case ExchangeConfig.ChannelConfig.Ready(var ready, _) -> ready;
    };
    return new ChannelPort(id, channel, config.participants(), uncertain);
  }

  /** What it serves. */
  public List<Door> doors() {
    return doors;
  }

  public Messages messages() {
    return messages;
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

  /** Begins to read the channels. */
  public void start() {
    observers.values().forEach(Observer::start);
  }

  /** Stops reading, then closes the channels. Close the workers first. */
  @Override
  public void close() {
    observers.values().forEach(Observer::close);
    ports.all().forEach(port -> port.channel().close());
  }
}

package dev.fairway.exchange.simplex;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.exchange.endpoint.ChannelEndpoint;
import dev.fairway.store.TemporaryStore;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Some jurisdictions with a simplex channel between each two, and a real server each. */
final class SimplexEnds implements AutoCloseable {
  private final Map<Jurisdiction, Place> places = new LinkedHashMap<>();
  private final OutboundClient client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());

  private record Place(TemporaryStore store, SigningKey key, SimplexChannel channel, WebServer server) {}

  SimplexEnds(Supplier<TemporaryStore> stores, Jurisdiction... participants) throws IOException {
    Map<Jurisdiction, SigningKey> keys = new LinkedHashMap<>();
    Map<Jurisdiction, Integer> ports = new LinkedHashMap<>();
    for (Jurisdiction own : participants) {
      keys.put(own, SigningKey.of(SigningKey.make()));
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        ports.put(own, free.getLocalPort());
      }
    }
    for (Jurisdiction own : participants) {
      Map<Jurisdiction, SimplexPeer> peers = new LinkedHashMap<>();
      keys.forEach((other, key) -> {
        if (!other.equals(own)) {
          peers.put(other, new SimplexPeer(URI.create("http://127.0.0.1:" + ports.get(other) + "/channels/direct"),
              List.of(key.publicText()), Optional.empty()));
        }
      });
      places.put(own, place(stores.get(), own, Objects.requireNonNull(keys.get(own)), peers,
          Objects.requireNonNull(ports.get(own))));
    }
  }

  private Place place(TemporaryStore store, Jurisdiction own, SigningKey key, Map<Jurisdiction, SimplexPeer> peers,
      int port) {
    SimplexChannel channel = new SimplexChannel("direct", own, peers, key, store.store(), client, Clock.systemUTC());
    ChannelEndpoint endpoint = new ChannelEndpoint(
        new Ports(
            List.of(new ChannelPort("direct", channel, peers.keySet(), ChannelPort.Uncertain.HOLD, true))),
        own, (name, id) -> "");
    return new Place(store, key, channel, WebServer.start(WebConfig.at("127.0.0.1", port), new DevAuthenticator(),
        List.of(endpoint.door(List.of()))));
  }

  private Place of(Jurisdiction own) {
    return Objects.requireNonNull(places.get(own));
  }

  SimplexChannel channel(Jurisdiction own) {
    return of(own).channel;
  }

  SigningKey key(Jurisdiction own) {
    return of(own).key;
  }

  /** Another sender's end, with a peer of the test's own making. */
  SimplexChannel towards(Jurisdiction own, Jurisdiction other, URI base, SigningKey signing) {
    SimplexPeer peer = new SimplexPeer(base, List.of(key(other).publicText()), Optional.empty());
    return new SimplexChannel("other", own, Map.of(other, peer), signing, of(own).store.store(), client,
        Clock.systemUTC());
  }

  URI url(Jurisdiction own) {
    return URI.create(of(own).server.baseUrl() + "/channels/direct/");
  }

  @Override
  public void close() {
    places.values().forEach(place -> {
      place.server.close();
      place.store.close();
    });
    client.close();
  }
}

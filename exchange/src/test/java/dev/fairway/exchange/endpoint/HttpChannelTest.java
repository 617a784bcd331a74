package dev.fairway.exchange.endpoint;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.channel.HttpChannel;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.testing.channel.ChannelContract;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract over HTTP: the client, and an endpoint of ours for each participant over one shared database. */
class HttpChannelTest extends ChannelContract {
  @TempDir
  Path folder;
  private final OutboundClient client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  private final Map<Jurisdiction, SharedDatabaseChannel> media = new HashMap<>();
  private final Map<Jurisdiction, WebServer> endpoints = new HashMap<>();

  @Override
  protected Channel open(Jurisdiction own) {
    SharedDatabaseChannel medium = media.computeIfAbsent(own,
        key -> new SharedDatabaseChannel(new MediumHome.Folder(folder), own, Set.of(AU, SG, NZ),
            InstantSource.system()));
    WebServer server = endpoints.computeIfAbsent(own, key -> {
      Ports ports = new Ports(
          List.of(new ChannelPort("shared", medium, Set.of(AU, SG, NZ), ChannelPort.Uncertain.HOLD, true)));
      return WebServer.start(WebConfig.loopback(), new DevAuthenticator(),
          List.of(new ChannelEndpoint(ports, own, (channel, id) -> "<" + id + ">; rel=\"self\"").door(List.of())));
    });
    HttpChannel channel = new HttpChannel(client,
        new HttpChannelConfig(URI.create(server.baseUrl() + "/channels/shared"), Optional.empty(), true),
        InstantSource.system());
    // What the node's subscription at the endpoint does.
    medium.onChange(own, channel::told);
    return channel;
  }

  @Override
  protected boolean change(String id, ChannelStatus status) {
    return Objects.requireNonNull(media.get(AU)).change(id, status);
  }

  @Override
  protected int concurrentPosts() {
    return 20;
  }

  @AfterEach
  void closeEndpoints() {
    endpoints.values().forEach(WebServer::close);
    media.values().forEach(Channel::close);
    client.close();
  }
}

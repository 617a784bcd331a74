package dev.fairway.exchange;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.document.DocumentPeer;
import dev.fairway.exchange.document.FetchLimits;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.exchange.simplex.SigningKey;
import dev.fairway.exchange.simplex.SimplexPeer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the exchange of one node is set up.
 *
 * @param own the jurisdiction the node acts for
 * @param furtherJurisdictions codes beside those of ISO 3166-1: {@code EU}, {@code XK}, test codes
 * @param loopback whether a jurisdiction may write to itself
 * @param uploadLimit most bytes of an uploaded document
 * @param documents the Document API of each other jurisdiction
 * @param channels by id, in the order operators see them
 * @param routes first match wins
 * @param readStatus what a successful GET of a message answers: 201 as old clients know it, or 200
 * @param catchUp how often a channel is read without being told of anything
 * @param watch how long a confirmed message is watched on a channel that may revoke
 */
public record ExchangeConfig(Jurisdiction own, Set<String> furtherJurisdictions, boolean loopback, long uploadLimit,
    Map<Jurisdiction, DocumentPeer> documents, FetchLimits fetch, Map<String, ChannelConfig> channels,
    List<Rule> routes, int readStatus, Duration catchUp, Duration watch) {
  /** What old clients may upload: 30 MiB. */
  public static final long UPLOAD_LIMIT = 30L << 20;

  /** One channel. */
  public sealed interface ChannelConfig {
    Set<Jurisdiction> participants();

    /** What people call a channel like this, as the settings file does: {@code shared-database}. */
    String kind();

    /** A database all participants reach; its endpoint is served by this node. */
    record SharedDatabase(MediumHome medium, Set<Jurisdiction> participants) implements ChannelConfig {
      @Override
      public String kind() {
        return "shared-database";
      }
    }

    /** Any Channel API endpoint. */
    record Http(HttpChannelConfig endpoint, Set<Jurisdiction> participants, ChannelPort.Uncertain uncertain)
        implements
          ChannelConfig {
      @Override
      public String kind() {
        return "http";
      }
    }

    /** From endpoint to endpoint; its endpoint is served by this node. */
    record Simplex(Map<Jurisdiction, SimplexPeer> peers, SigningKey key, Set<Jurisdiction> participants)
        implements
          ChannelConfig {
      @Override
      public String kind() {
        return "simplex";
      }
    }

    /** A channel of another room, already open; the exchange closes it. */
    record Ready(String kind, Channel channel, Set<Jurisdiction> participants) implements ChannelConfig {}
  }

  public ExchangeConfig {
    furtherJurisdictions = Set.copyOf(furtherJurisdictions);
    documents = Map.copyOf(documents);
    routes = List.copyOf(routes);
    if (readStatus != 200 && readStatus != 201) {
      throw new IllegalArgumentException("read status must be 200 or 201, is " + readStatus);
    }
    channels.keySet().forEach(id -> {
      if (!id.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
        throw new IllegalArgumentException(
            "a channel's id has 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit; is \"" + id + "\"");
      }
    });
  }

  /** The usual bounds, with what every exchange must be told. */
  public static ExchangeConfig of(Jurisdiction own, Map<Jurisdiction, DocumentPeer> documents,
      Map<String, ChannelConfig> channels, List<Rule> routes) {
    return new ExchangeConfig(own, Set.of(), false, UPLOAD_LIMIT, documents, FetchLimits.DEFAULT, channels, routes, 201,
        Duration.ofSeconds(30), Duration.ofHours(24));
  }
}

package dev.fairway.node;

import dev.fairway.core.Secret;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.exchange.ExchangeConfig;
import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.delivery.ChannelPort.Uncertain;
import dev.fairway.exchange.document.DocumentPeer;
import dev.fairway.exchange.document.FetchLimits;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Pattern;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.exchange.simplex.SigningKey;
import dev.fairway.exchange.simplex.SimplexPeer;
import dev.fairway.node.config.Section;
import dev.fairway.web.outbound.OutboundClient;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The section {@code exchange}. Peers that want a token get one when the node starts, from {@link #toConfig}.
 */
record ExchangeSettings(Set<String> furtherJurisdictions, boolean loopback, long documentLimit,
    Map<Jurisdiction, Peer> documents, FetchLimits fetch, Map<String, Way> channels, List<Rule> routes, int readStatus,
    Duration catchUp, Duration watch, Optional<SigningKey> signingKey) {

  /** Another system by its address. */
  record Peer(URI url, Optional<Credentials> credentials) {}

  /** The other end of a simplex channel. */
  record Partner(Peer peer, List<String> keys) {}

  /** A channel as it is written. */
  sealed interface Way {
    Set<Jurisdiction> participants();

    record Shared(MediumHome medium, Set<Jurisdiction> participants) implements Way {}

    record Endpoint(Peer peer, Set<Jurisdiction> participants, Uncertain uncertain, boolean signed) implements Way {}

    /** From endpoint to endpoint. */
    record Simplex(Map<Jurisdiction, Partner> peers, Set<Jurisdiction> participants) implements Way {}

    /** @param contract this end's; empty until it is deployed */
    record Ethereum(ChainSettings chain, Optional<Address> contract, long startBlock, Set<Jurisdiction> participants)
        implements
          Way {}
  }

  private enum ChannelType {
    SHARED_DATABASE, HTTP, SIMPLEX, ETHEREUM
  }

  static ExchangeSettings from(Section exchange) {
    Section compat = exchange.section("compat");
    FetchLimits standard = FetchLimits.DEFAULT;
    Section fetch = exchange.section("fetch");
    Map<String, Way> channels = channels(exchange);
    return new ExchangeSettings(
        Set.copyOf(exchange.texts("jurisdictions", "codes beside those of ISO 3166-1, such as EU or XK")),
        exchange.flag("loopback", false, "whether the node's jurisdiction may write to itself"),
        exchange.size("document-limit", "30 MiB", "most bytes of an uploaded document"), documents(exchange),
        new FetchLimits(fetch.integer("depth", standard.depth(), 0, 100, "how far links of documents are followed"),
            fetch.integer("objects", standard.objects(), 1, 100_000, "most documents one message makes us fetch"),
            fetch.size("tree-bytes", "4 GiB", "most bytes of all these together"),
            fetch.size("document-bytes", "1 GiB", "most bytes of one of them"),
            fetch.duration("download", "1h", "1s", "1d", "most time for one of them")),
        channels, routes(exchange, channels.keySet()),
        compat.integer("read-status", 201, 200, 201,
            "what a successful GET of a message answers; old clients know 201"),
        exchange.duration("catch-up", "30s", "100ms", "1h",
            "how often a channel is read without being told of anything"),
        exchange.duration("watch", "24h", "0s", "365d",
            "how long a confirmed message is watched on a channel that may revoke"),
        signingKey(exchange));
  }

  private static Optional<SigningKey> signingKey(Section exchange) {
    try {
      return exchange
          .secret("signing-key", "signs what the node hands to partners, 32 bytes in base64; made and kept in dir when"
              + " absent, and the same for all processes on one database")
          .map(SigningKey::of);
    } catch (IllegalArgumentException e) {
      exchange.problem("signing-key", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Map<Jurisdiction, Peer> documents(Section exchange) {
    Map<Jurisdiction, Peer> peers = new LinkedHashMap<>();
    exchange.named("documents", "url").forEach((code, section) -> {
      Optional<URI> url = section.url("url", "the Document API of that jurisdiction");
      Optional<Credentials> credentials = Credentials.from(section);
      if (url.isEmpty()) {
        section.problem("url", "is missing: the Document API of " + code);
      } else if (!url.get().toString().endsWith("/")) {
        section.problem("url", "\"" + url.get() + "\" must end with a slash; write " + url.get() + "/");
      } else {
        jurisdiction(section, "url", code).ifPresent(known -> peers.put(known, new Peer(url.get(), credentials)));
      }
    });
    return peers;
  }

  private static Map<String, Way> channels(Section exchange) {
    Map<String, Way> channels = new LinkedHashMap<>();
    exchange.named("channels").forEach((id, section) -> {
      if (!id.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
        section.problem("type", "the channel's name \"" + id
            + "\" must have 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit");
        return;
      }
      Set<Jurisdiction> participants = new LinkedHashSet<>();
      for (String code : section.texts("participants", "the jurisdictions on the channel")) {
        jurisdiction(section, "participants", code).ifPresent(participants::add);
      }
      if (participants.size() < 2) {
        section.problem("participants", "needs the jurisdictions on the channel; write [AU, SG]");
      }
      ChannelType type = section.choice("type", ChannelType.SHARED_DATABASE, "what kind of medium it is");
      switch (type) {
        case SHARED_DATABASE -> channels.put(id, new Way.Shared(medium(section), participants));
        case HTTP -> {
          Optional<URI> url = section.url("url", "the Channel API endpoint");
          Optional<Credentials> credentials = Credentials.from(section);
          Uncertain uncertain = section.choice("uncertain", Uncertain.HOLD,
              "when an endpoint took a message and gave no usable answer: hold it for an operator, or resend");
          boolean signed = section.flag("signed", true,
              "whether notifications must carry a signature; false only for endpoints known to throw the secret away");
          if (url.isEmpty()) {
            section.problem("url", "is missing: the Channel API endpoint, https://host/path/");
          } else {
            channels.put(id, new Way.Endpoint(new Peer(url.get(), credentials), participants, uncertain, signed));
          }
        }
        case SIMPLEX -> channels.put(id, new Way.Simplex(partners(section, participants), participants));
        case ETHEREUM -> {
          Optional<Address> contract = contract(section);
          int startBlock = section.integer("start-block", 0, 0, Integer.MAX_VALUE,
              "the block the contract was made in, or any before");
          ChainSettings.from(section)
              .ifPresent(chain -> channels.put(id, new Way.Ethereum(chain, contract, startBlock, participants)));
        }
      }
    });
    return channels;
  }

  private static Map<Jurisdiction, Partner> partners(Section channel, Set<Jurisdiction> participants) {
    Map<Jurisdiction, Partner> partners = new LinkedHashMap<>();
    channel.named("peers").forEach((code, section) -> {
      Optional<URI> url = section.url("url", "the partner's endpoint of this channel");
      List<String> keys = section.texts("keys", "the keys it signs with, as its \"channel key\" shows them");
      Optional<Credentials> credentials = Credentials.from(section);
      if (url.isEmpty()) {
        section.problem("url", "is missing: the partner's endpoint, https://host/channels/NAME/");
      }
      if (keys.isEmpty()) {
        section.problem("keys", "is missing: the key that \"fairway channel key\" shows the partner");
      }
      for (String key : keys) {
        try {
          SigningKey.publicKey(key);
        } catch (IllegalArgumentException e) {
          section.problem("keys", String.valueOf(e.getMessage()));
        }
      }
      Optional<Jurisdiction> known = jurisdiction(section, "url", code);
      if (known.isPresent() && !participants.contains(known.get())) {
        section.problem("url", code + " is not among the participants " + participants);
      } else if (known.isPresent() && url.isPresent()) {
        partners.put(known.get(), new Partner(new Peer(url.get(), credentials), keys));
      }
    });
    return partners;
  }

  private static Optional<Address> contract(Section channel) {
    Optional<String> text = channel.text("contract", "this end's contract, as \"channel deploy\" made it");
    try {
      return text.map(Address::parse);
    } catch (IllegalArgumentException e) {
      channel.problem("contract", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static MediumHome medium(Section channel) {
    String medium = channel.text("medium", "medium",
        "a folder that both processes reach, or jdbc:postgresql://host:port/database");
    String user = channel.text("user", "", "who the endpoint is to that database");
    Secret password = channel.secret("password", "that user's password").orElse(new Secret(""));
    return medium.startsWith("jdbc:")
        ? postgres(channel, medium, user, password)
        : new MediumHome.Folder(channel.base().resolve(medium).normalize());
  }

  private static MediumHome postgres(Section channel, String url, String user, Secret password) {
    try {
      return new MediumHome.Postgres(url, user, password);
    } catch (IllegalArgumentException e) {
      channel.problem("medium", String.valueOf(e.getMessage()));
      return new MediumHome.Folder(channel.base());
    }
  }

  private static List<Rule> routes(Section exchange, Set<String> channels) {
    List<Rule> rules = new ArrayList<>();
    for (Section section : exchange.items("routes")) {
      String name = section.text("name", "rule " + (rules.size() + 1), "shown in decisions");
      List<String> ways = section.texts("channels", "the channels it may use, the preferred first");
      for (String way : ways) {
        if (!channels.contains(way)) {
          section.problem("channels", "there is no channel \"" + way + "\"; there are " + channels);
        }
      }
      if (ways.isEmpty()) {
        section.problem("channels", "names no channel; write channels: [shared]");
        continue;
      }
      Section retry = section.section("retry");
      int quota = section.integer("hourly-quota", 0, 0, Integer.MAX_VALUE,
          "most messages a channel takes in an hour; 0 for any");
      rules.add(new Rule(name, match(section, "sender"), match(section, "receiver"), match(section, "predicate"),
          match(section, "subject"), match(section, "obj"), ways,
          new Rule.Retry(retry.integer("max-attempts", 20, 1, 1_000, "how often one channel is tried"),
              retry.duration("max-age", "24h", "1s", "365d", "how long one channel is tried")),
          section.flag("resend", false, "whether a message its channel takes back is sent again, once"),
          quota == 0 ? Optional.empty() : Optional.of(quota)));
    }
    return rules;
  }

  private static Match match(Section rule, String field) {
    String values = "values it takes, exact or ending in .*; any when absent";
    if (!rule.isSection(field)) {
      return new Match(patterns(rule, field, values), List.of());
    }
    Section both = rule.section(field);
    return new Match(patterns(both, "allow", values), patterns(both, "deny", "values it does not take; deny wins"));
  }

  private static List<Pattern> patterns(Section section, String key, String description) {
    List<Pattern> patterns = new ArrayList<>();
    for (String text : section.texts(key, description)) {
      try {
        patterns.add(new Pattern(text));
      } catch (IllegalArgumentException e) {
        section.problem(key, String.valueOf(e.getMessage()));
      }
    }
    return patterns;
  }

  private static Optional<Jurisdiction> jurisdiction(Section section, String key, String code) {
    try {
      return Optional.of(new Jurisdiction(code));
    } catch (IllegalArgumentException e) {
      section.problem(key, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Opens the channels of other rooms; the others are opened by the exchange. */
  ExchangeConfig toConfig(Jurisdiction own, OutboundClient client, Chains chains, Supplier<SigningKey> signing,
      InstantSource clock) {
    Map<Jurisdiction, DocumentPeer> peers = new LinkedHashMap<>();
    documents.forEach((code, peer) -> peers.put(code,
        new DocumentPeer(peer.url(), peer.credentials().map(credentials -> credentials.tokens(client, clock)))));
    Map<String, ChannelConfig> ways = new LinkedHashMap<>();
    channels.forEach((id, way) -> ways.put(id, switch (way) {
      case Way.Shared shared -> new ChannelConfig.SharedDatabase(shared.medium(), shared.participants());
      case Way.Endpoint endpoint -> new ChannelConfig.Http(
          new HttpChannelConfig(endpoint.peer().url(),
              endpoint.peer().credentials().map(credentials -> credentials.tokens(client, clock)), endpoint.signed()),
          endpoint.participants(), endpoint.uncertain());
      case Way.Simplex simplex -> {
        Map<Jurisdiction, SimplexPeer> ends = new LinkedHashMap<>();
        simplex.peers().forEach((code, partner) -> ends.put(code, new SimplexPeer(partner.peer().url(), partner.keys(),
            partner.peer().credentials().map(credentials -> credentials.tokens(client, clock)))));
        yield new ChannelConfig.Simplex(ends, signing.get(), simplex.participants());
      }
      case Way.Ethereum ethereum ->
        new ChannelConfig.Ready("ethereum", chains.channel(id, own, ethereum), ethereum.participants());
    }));
    return new ExchangeConfig(own, furtherJurisdictions, loopback, documentLimit, peers, fetch, ways, routes,
        readStatus,
        catchUp, watch);
  }

  /** The channels on Ethereum chains, by name. */
  Map<String, Way.Ethereum> ethereum() {
    Map<String, Way.Ethereum> found = new LinkedHashMap<>();
    channels.forEach((id, way) -> {
      if (way instanceof Way.Ethereum ethereum) {
        found.put(id, ethereum);
      }
    });
    return found;
  }

  /** The HTTP APIs it depends on, by a name for people. */
  Map<String, URI> peers() {
    Map<String, URI> peers = new LinkedHashMap<>();
    documents.forEach((code, peer) -> peers.put("documents of " + code, peer.url()));
    channels.forEach((id, way) -> {
      if (way instanceof Way.Endpoint endpoint) {
        peers.put("channel " + id, endpoint.peer().url());
      } else if (way instanceof Way.Simplex simplex) {
        simplex.peers()
            .forEach((code, partner) -> peers.put("channel " + id + " to " + code, partner.peer().url()));
      }
    });
    return peers;
  }
}

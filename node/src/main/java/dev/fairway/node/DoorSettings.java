package dev.fairway.node;

import dev.fairway.node.config.Section;
import dev.fairway.web.Door;
import dev.fairway.web.Listeners;
import dev.fairway.web.WebConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the node listens: at one address for all doors, and at further ones for doors that are to be reached by others only.
 * Doors given the same address share a listener, and its public URL. A door with a listener of its own is at no other; its
 * paths stay as they are.
 *
 * @param main for every door that has none of its own
 * @param own by the word the door's paths begin with
 */
record DoorSettings(WebConfig main, Map<String, WebConfig> own) {
  /** The key of the main listener. */
  static final String NODE = "listen";
  private static final Map<String, String> DOORS = doors();

  private static Map<String, String> doors() {
    Map<String, String> doors = new LinkedHashMap<>();
    doors.put("message-api", "the Message API");
    doors.put("document-api", "the Document API");
    doors.put("subscription-api", "subscriptions to messages");
    doors.put("rx-api", "the callbacks of channel endpoints");
    doors.put("channels", "the endpoints of the node's channels");
    doors.put("integrations", "the webhooks of integrations");
    doors.put("requests", "what requesters see of their requests");
    doors.put("ingest", "data that are handed to captures");
    doors.put("datatrust", "the datatrust's data");
    doors.put("api", "the management API, and /metrics");
    doors.put("console", "the console");
    return doors;
  }

  static DoorSettings from(Section root, WebConfig main) {
    Section doors = root.section("doors");
    Map<String, WebConfig> own = new LinkedHashMap<>();
    PublicUrls urls = new PublicUrls();
    urls.add(NODE, main);
    DOORS.forEach((name, serves) -> {
      Section door = doors.section(name);
      Optional<String> listen = door.text("listen", "HOST:PORT of a listener of its own for " + serves);
      Optional<URI> url = door.url("public-url", "where others reach it there");
      if (url.isPresent() && listen.isEmpty()) {
        door.problem("public-url", "needs listen beside it: without an address of its own the door is at the node's");
      }
      listen.flatMap(text -> address(door, "listen", text))
          .map(at -> main.elsewhere(at.getHostString(), at.getPort(), url))
          .ifPresent(config -> {
            urls.add(key(name), config).ifPresent(problem -> door.problem("public-url", problem));
            own.put(name, config);
          });
    });
    own.replaceAll((name, config) -> urls.in(key(name), config));
    return new DoorSettings(urls.in(NODE, main), own);
  }

  /** One public URL for each address, whichever of its doors says it. */
  private static final class PublicUrls {
    private final Map<String, URI> byAddress = new HashMap<>();

    /** Why a door cannot have its URL: its address has another already. */
    Optional<String> add(String key, WebConfig config) {
      String address = address(key, config);
      return config.publicUrl().filter(url -> {
        URI first = byAddress.putIfAbsent(address, url);
        return first != null && !first.equals(url);
      }).map(url -> "is " + url + ", but others at " + address + " are reached at " + byAddress.get(address)
          + "; write the same URL, or give the door an address of its own");
    }

    WebConfig in(String key, WebConfig config) {
      URI url = byAddress.get(address(key, config));
      return url == null ? config : config.withPublicUrl(url);
    }
  }

  /** An address to bind, not looked up; a problem is noted when the text is none. */
  static Optional<InetSocketAddress> address(Section section, String key, String text) {
    int colon = text.lastIndexOf(':');
    try {
      if (colon > 0) {
        return Optional.of(InetSocketAddress.createUnresolved(text.substring(0, colon),
            Integer.parseInt(text.substring(colon + 1))));
      }
    } catch (IllegalArgumentException e) {
      // Told below, like a colon that is missing.
    }
    section.problem(key, "\"" + text + "\" is not HOST:PORT; write 127.0.0.1:8080");
    return Optional.empty();
  }

  /** Every listener that was written down, by the key that says so. */
  Map<String, WebConfig> byKey() {
    Map<String, WebConfig> all = new LinkedHashMap<>(Map.of(NODE, main));
    own.forEach((word, config) -> all.put(key(word), config));
    return all;
  }

  /** Every address once, by the key that says so first. */
  Map<String, WebConfig> distinct() {
    Map<String, WebConfig> distinct = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    byKey().forEach((key, config) -> {
      if (seen.add(address(key, config))) {
        distinct.put(key, config);
      }
    });
    return distinct;
  }

  /**
   * Which doors stand behind which listener, the main one first.
   *
   * @param probes put behind the listener of the management API; the others get {@code health}
   */
  List<Listeners.Plan> plans(List<Door> doors, Door probes, Door health) {
    List<Listeners.Plan> plans = new ArrayList<>();
    distinct().forEach((key, config) -> {
      String address = address(key, config);
      Stream<Door> behind = doors.stream().filter(door -> addressOf(word(door)).equals(address));
      plans.add(new Listeners.Plan(config,
          Stream.concat(behind, Stream.of(addressOf("api").equals(address) ? probes : health)).toList()));
    });
    return plans;
  }

  private String addressOf(String word) {
    WebConfig config = own.get(word);
    return config == null ? address(NODE, main) : address(key(word), config);
  }

  private static String word(Door door) {
    return switch (door.name()) {
      case "console" -> "console";
      case "openapi" -> "api";
      default -> door.prefix().isEmpty() ? "" : door.prefix().split("/", -1)[1];
    };
  }

  private static String key(String word) {
    return "doors." + word + ".listen";
  }

  /* Whoever asks for any free port asks for one of its own. */
  private static String address(String key, WebConfig config) {
    return config.host() + ":" + (config.port() == 0 ? key : config.port());
  }
}

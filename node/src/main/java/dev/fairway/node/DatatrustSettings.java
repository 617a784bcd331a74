package dev.fairway.node;

import dev.fairway.core.Secret;
import dev.fairway.core.Why;
import dev.fairway.datatrust.Callers;
import dev.fairway.datatrust.Compat;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.DatatrustConfig.BookedBy;
import dev.fairway.datatrust.Upkeep;
import dev.fairway.datatrust.identity.TokenKeys;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.evm.Address;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.node.config.Section;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code datatrust}: a market this node holds the data of. More of them, each with the same settings, may be written
 * by name in a part of it.
 *
 * @param market its name; {@code default} for the one that old paths serve
 */
record DatatrustSettings(String market, ChainSettings chain, MarketContracts contracts, long genesis, String dnsName,
    TokenKeys tokenKeys,
    Duration accessLife, Duration refreshLife, Duration watchLimit, long largest, long quota, long previewBytes,
    BookedBy bookedBy, boolean publishUrl, Compat compat, Upkeep upkeep, Callers callers) {
  private static final List<String> CONTRACTS = List.of("ether-token", "market-token", "voting", "parameterizer",
      "reserve", "datatrust", "listing");
  private static final Address NOBODY = new Address("0x" + "0".repeat(40));

  /**
   * The default market first; without those that are written so that they cannot be used, whose problems are noted.
   *
   * @param behindProxy whether all calls come from a proxy's address
   */
  static List<DatatrustSettings> from(Section root, boolean behindProxy) {
    if (!root.has("datatrust")) {
      return List.of();
    }
    Section section = root.section("datatrust");
    List<DatatrustSettings> markets = new ArrayList<>();
    Map<String, Section> named = section.has("markets") ? section.named("markets") : Map.of();
    if (named.isEmpty() || section.has("contracts")) {
      from(DatatrustConfig.DEFAULT, section, behindProxy).ifPresent(markets::add);
    }
    named.forEach((name, other) -> {
      if (name.equals(DatatrustConfig.DEFAULT) || !name.matches("[a-z0-9][a-z0-9-]{0,31}")) {
        other.problem("dns-name", "belongs to a market named \"" + name
            + "\"; a name has 1 to 32 of a-z 0-9 -, and \"default\" is the market without one");
      } else {
        from(name, other, behindProxy).ifPresent(markets::add);
      }
    });
    return List.copyOf(markets);
  }

  private static Optional<DatatrustSettings> from(String market, Section section, boolean behindProxy) {
    Section at = section.section("chain");
    List<URI> url = at.url("url", "a node of the chain (JSON-RPC over HTTP), asked before those of urls").stream()
        .toList();
    Optional<ChainSettings> chain = ChainSettings.from(at, url, operator(section));
    MarketContracts contracts = contracts(section.section("contracts"));
    int genesis = section.integer("genesis", 0, 0, Integer.MAX_VALUE, "the block the contracts were made in");
    String dnsName = section.required("dns-name", "the host name it registers as, without a scheme");
    Optional<Secret> jwt = tokenSecret(section, "jwt-secret",
        "signs the tokens of account holders; 32 characters or more");
    if (!section.has("jwt-secret")) {
      section.problem("jwt-secret", "is missing: it signs the tokens of account holders");
    }
    List<Secret> before = tokenSecret(section, "jwt-secret-before",
        "what signed tokens before jwt-secret did; they are believed until they run out").stream().toList();
    Duration access = section.duration("access-life", "1d", "1m", "30d", "how long an access token holds");
    Duration refresh = section.duration("refresh-life", "30d", "1h", "365d", "how long a refresh token holds");
    Duration watch = section.duration("watch-limit", "10m", "1s", "1d",
        "how long a client's transaction may stay unmined");
    long largest = section.size("largest", "5 GiB", "most bytes of one listing");
    long quota = section.size("quota", "50 GiB", "most bytes of all listings of one maker");
    long preview = section.size("preview", "64 KiB", "most bytes of a preview, which is a tenth of the whole at most");
    BookedBy bookedBy = section.choice("booked-by", BookedBy.SENT,
        "when data begin to flow: its booking is sent to the chain, or confirmed on it");
    boolean publish = section.flag("publish-url", true,
        "whether to write dns-name into the contract on winning office");
    Compat compat = compat(section.section("compat"));
    Upkeep upkeep = upkeep(section.section("upkeep"));
    Callers callers = callers(section, behindProxy);
    if (dnsName.length() > 128) {
      section.problem("dns-name", "has more than 128 characters, which the contract does not take");
      return Optional.empty();
    }
    return dnsName.isBlank() || jwt.isEmpty() || contracts.byName().containsValue(NOBODY)
        ? Optional.empty()
        : chain
            .map(there -> new DatatrustSettings(market, there, contracts, genesis, dnsName,
                new TokenKeys(jwt.get(), before), access, refresh,
                watch,
                largest, quota, preview, bookedBy, publish, compat, upkeep, callers));
  }

  /* Everybody could sign with a blank one. */
  private static Optional<Secret> tokenSecret(Section section, String key, String description) {
    Optional<Secret> written = section.secret(key, description);
    Optional<Secret> secret = written.filter(text -> !text.reveal().isBlank());
    if (written.isPresent() && secret.isEmpty()) {
      section.problem(key, "is blank; write 32 characters or more, or leave the line out if there is no such secret");
    }
    return secret;
  }

  private static Callers callers(Section section, boolean behindProxy) {
    List<String> origins = section.texts("origins",
        "whose pages may read the answers, such as https://dapp.example; all when empty");
    Section limits = section.section("limits");
    return new Callers(origins,
        limits.integer("calls-per-second", Callers.USUAL.callsPerSecond(), 0, 1_000_000,
            "calls a second of one account, or of one address without a token (with behind-tls-proxy the proxy is to"
                + " limit those); 0 for no limit"),
        limits.integer("call-burst", Callers.USUAL.burst(), 1, 1_000_000, "calls at once on top of that"),
        !behindProxy);
  }

  private static Upkeep upkeep(Section upkeep) {
    Duration check = upkeep.duration("check-every", "7d", "1h", "365d",
        "how often stored data are read through and compared with the chain");
    boolean erase = upkeep.flag("erase", true, "whether data are erased some time after their listing left the market");
    Duration keep = upkeep.duration("keep-gone", "30d", "0s", "3650d", "how long they are kept after that");
    Duration stuck = upkeep.duration("stuck-after", "1h", "1m", "30d",
        "after how long a task or a booking that has not ended counts as stuck");
    return new Upkeep(check, Optional.of(keep).filter(_ -> erase), stuck);
  }

  private static Compat compat(Section compat) {
    return new Compat(
        compat.flag("anonymous-upload", false, "whether data are taken without a token, as old clients send them"),
        compat.flag("free-log-in", false, "whether any signed text logs in, again and for ever"),
        compat.flag("full-preview", false, "whether a preview is the whole"),
        compat.flag("legacy-data-hash", false, "whether data hashes on the chain may be those of the last MiB only"));
  }

  private static MarketContracts contracts(Section section) {
    Map<String, Address> found = new HashMap<>();
    for (String name : CONTRACTS) {
      String text = section.required(name, "where that contract of the market is");
      try {
        found.put(name, Address.parse(text));
      } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
        if (!text.isBlank()) {
          section.problem(name, "\"" + text + "\" is no address; write 0x and 40 hex digits");
        }
      }
    }
    return new MarketContracts(at(found, "ether-token"), at(found, "market-token"), at(found, "voting"),
        at(found, "parameterizer"), at(found, "reserve"), at(found, "datatrust"), at(found, "listing"));
  }

  private static Address at(Map<String, Address> found, String name) {
    return found.getOrDefault(name, NOBODY);
  }

  /* A key file of a wallet, a file with the key, or the key itself; or else whatever the section chain says. */
  private static Optional<ChainSettings.Key> operator(Section section) {
    String what = "the key of the account that is elected: 64 hex digits, or a key file";
    Optional<Secret> passPhrase = section.secret("operator-passphrase", "opens the key file");
    Optional<Path> file = section.isSection("operator-key")
        ? section.section("operator-key").path("file", what)
        : Optional.empty();
    try {
      if (file.isPresent() && Files.readString(file.get()).strip().startsWith("{")) {
        return Optional.of(new ChainSettings.Key.Stored(file.get(), passPhrase.orElse(new Secret(""))));
      }
      return section.secret("operator-key", what).map(key -> new ChainSettings.Key.Plain(KeySigner.of(key)));
    } catch (IOException e) {
      section.problem("operator-key", "cannot read the key from " + file.map(Path::toString).orElse("") + ": "
          + Why.inWords(e));
    } catch (IllegalArgumentException e) {
      section.problem("operator-key", String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  /** Where it is written. */
  String section() {
    return market.equals(DatatrustConfig.DEFAULT) ? "datatrust" : "datatrust.markets." + market;
  }

  /** The folder of its data, below the node's. */
  String folder() {
    return market.equals(DatatrustConfig.DEFAULT) ? "datatrust" : "datatrust-markets/" + market;
  }

  /** @param sealingKey the node's; keys of stored data are derived from it */
  DatatrustConfig toConfig(Secret sealingKey) {
    return DatatrustConfig.of(contracts, dnsName, tokenKeys.signing(), sealingKey).forMarket(market, contracts)
        .withTokenKeys(tokenKeys).withUpkeep(upkeep).withCallers(callers).withGenesis(genesis)
        .withChain(chain.finality(), chain.poll()).withLimits(largest, quota, previewBytes)
        .withTimes(accessLife, refreshLife, watchLimit).withBooking(bookedBy, Duration.ofSeconds(60))
        .withPublishUrl(publishUrl).withCompat(compat);
  }
}

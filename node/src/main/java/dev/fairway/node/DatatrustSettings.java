package dev.fairway.node;

import dev.fairway.core.Secret;
import dev.fairway.datatrust.Compat;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.DatatrustConfig.BookedBy;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.evm.Address;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.node.config.Section;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The section {@code datatrust}: the market this node holds the data of. */
record DatatrustSettings(ChainSettings chain, MarketContracts contracts, long genesis, String dnsName, Secret jwtSecret,
    Duration accessLife, Duration refreshLife, Duration watchLimit, long largest, long quota, long previewBytes,
    BookedBy bookedBy, boolean publishUrl, Compat compat) {
  private static final List<String> CONTRACTS = List.of("ether-token", "market-token", "voting", "parameterizer",
      "reserve", "datatrust", "listing");
  private static final Address NOBODY = new Address("0x" + "0".repeat(40));

  /** Empty when there is no such section, or what is written cannot be used; the problems are noted. */
  static Optional<DatatrustSettings> from(Section root) {
    if (!root.has("datatrust")) {
      return Optional.empty();
    }
    Section section = root.section("datatrust");
    Section at = section.section("chain");
    List<URI> url = at.url("url", "a node of the chain (JSON-RPC over HTTP), asked before those of urls").stream()
        .toList();
    Optional<ChainSettings> chain = ChainSettings.from(at, url, operator(section));
    MarketContracts contracts = contracts(section.section("contracts"));
    int genesis = section.integer("genesis", 0, 0, Integer.MAX_VALUE, "the block the contracts were made in");
    String dnsName = section.required("dns-name", "the host name it registers as, without a scheme");
    Optional<Secret> jwt = section.secret("jwt-secret", "signs the tokens of account holders; 32 characters or more");
    if (jwt.isEmpty()) {
      section.problem("jwt-secret", "is missing: it signs the tokens of account holders");
    }
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
    if (dnsName.length() > 128) {
      section.problem("dns-name", "has more than 128 characters, which the contract does not take");
      return Optional.empty();
    }
    return dnsName.isBlank() || jwt.isEmpty() || contracts.byName().containsValue(NOBODY)
        ? Optional.empty()
        : chain
            .map(there -> new DatatrustSettings(there, contracts, genesis, dnsName, jwt.get(), access, refresh, watch,
                largest, quota, preview, bookedBy, publish, compat));
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
          + e.getClass().getSimpleName());
    } catch (IllegalArgumentException e) {
      section.problem("operator-key", String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  /** @param sealingKey the node's; keys of stored data are derived from it */
  DatatrustConfig toConfig(Secret sealingKey) {
    return DatatrustConfig.of(contracts, dnsName, jwtSecret, sealingKey).withGenesis(genesis)
        .withChain(chain.finality(), chain.poll()).withLimits(largest, quota, previewBytes)
        .withTimes(accessLife, refreshLife, watchLimit).withBooking(bookedBy, Duration.ofSeconds(60))
        .withPublishUrl(publishUrl).withCompat(compat);
  }
}

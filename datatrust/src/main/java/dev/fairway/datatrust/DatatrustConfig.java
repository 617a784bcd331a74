package dev.fairway.datatrust;

import dev.fairway.core.Secret;
import dev.fairway.datatrust.identity.TokenKeys;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.evm.Finality;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How one market is served.
 *
 * @param market its name in this node; part of what is stored, so it is never changed
 * @param contracts where its contracts are
 * @param genesis the block they were made in; nothing before it is read
 * @param dnsName what the datatrust registers as, a host name without a scheme, at most 128 characters
 * @param tokenKeys sign access and refresh tokens
 * @param sealingKey protects the keys of stored data; whoever has it and the folder has the data
 * @param finality when a block counts as certain; only certain blocks open a delivery
 * @param poll how often the chain is looked at
 * @param accessLife how long an access token holds
 * @param refreshLife how long a refresh token holds
 * @param largest most bytes of one listing
 * @param quota most bytes of all listings of one maker
 * @param watchLimit how long a client's transaction may stay unmined
 * @param bookedBy when data begins to flow
 * @param bookingLimit how long a delivery waits for that
 * @param previewBytes most bytes of a preview; also never more than a tenth of the whole
 * @param publishUrl whether to write the DNS name into the market's contract on winning office
 * @param callers whose pages may ask, and how often anybody may
 */
public record DatatrustConfig(String market, MarketContracts contracts, long genesis, String dnsName,
    TokenKeys tokenKeys,
    Secret sealingKey, Finality finality, Duration poll, Duration accessLife, Duration refreshLife, long largest,
    long quota, Duration watchLimit, BookedBy bookedBy, Duration bookingLimit,
    long previewBytes, boolean publishUrl, Compat compat, Upkeep upkeep, Callers callers) {
  /** The market of a node that names none; it has the old paths. */
  public static final String DEFAULT = "default";

  private static final int LONGEST_DNS_NAME = 128;
  private static final int SHORTEST_SECRET = 32;

  /** When a booking is good enough for the data to flow. */
  public enum BookedBy {
    /** Its transaction is signed and on its way. */
    SENT,
    /** Its transaction is certain. */
    CONFIRMED
  }

  public DatatrustConfig {
    if (!market.matches("[a-z0-9][a-z0-9-]{0,31}")) {
      throw new IllegalArgumentException("a market's name must be 1 to 32 of a-z 0-9 -, is \"" + market + "\"");
    }
    if (dnsName.isBlank() || dnsName.length() > LONGEST_DNS_NAME) {
      throw new IllegalArgumentException(
          "the name a datatrust registers as must have 1 to 128 characters, has " + dnsName.length());
    }
  }

  /** Strict, with twelve confirmations and the usual limits. */
  public static DatatrustConfig of(MarketContracts contracts, String dnsName, Secret jwtSecret, Secret sealingKey) {
    return new DatatrustConfig(DEFAULT, contracts, 0, dnsName, new TokenKeys(jwtSecret, List.of()), sealingKey,
        Finality.USUAL,
        Duration.ofSeconds(1), Duration.ofDays(1), Duration.ofDays(30), 5L << 30, 50L << 30,
        Duration.ofMinutes(10), BookedBy.SENT, Duration.ofSeconds(60), 64 << 10, true, Compat.STRICT, Upkeep.USUAL,
        Callers.USUAL);
  }

  public DatatrustConfig withGenesis(long block) {
    return new DatatrustConfig(market, contracts, block, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publishUrl, compat,
        upkeep, callers);
  }

  public DatatrustConfig withChain(Finality rule, Duration look) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, rule, look,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy,
        bookingLimit, previewBytes, publishUrl, compat, upkeep, callers);
  }

  public DatatrustConfig withLimits(long mostBytes, long mostOfOneMaker, long mostOfAPreview) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, mostBytes, mostOfOneMaker, watchLimit, bookedBy, bookingLimit, mostOfAPreview,
        publishUrl, compat, upkeep, callers);
  }

  public DatatrustConfig withTimes(Duration access, Duration refresh, Duration watch) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        access, refresh, largest, quota, watch, bookedBy, bookingLimit, previewBytes, publishUrl, compat, upkeep,
        callers);
  }

  public DatatrustConfig withBooking(BookedBy when, Duration limit) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, when, limit, previewBytes, publishUrl, compat, upkeep,
        callers);
  }

  public DatatrustConfig withPublishUrl(boolean publish) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publish, compat,
        upkeep, callers);
  }

  public DatatrustConfig withCompat(Compat looseness) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publishUrl,
        looseness, upkeep, callers);
  }

  public DatatrustConfig withUpkeep(Upkeep care) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publishUrl, compat,
        care, callers);
  }

  public DatatrustConfig withCallers(Callers rules) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publishUrl, compat,
        upkeep, rules);
  }

  public DatatrustConfig withTokenKeys(TokenKeys keys) {
    return new DatatrustConfig(market, contracts, genesis, dnsName, keys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publishUrl, compat,
        upkeep, callers);
  }

  /** The same rules for another market. */
  public DatatrustConfig forMarket(String name, MarketContracts there) {
    return new DatatrustConfig(name, there, genesis, dnsName, tokenKeys, sealingKey, finality, poll,
        accessLife, refreshLife, largest, quota, watchLimit, bookedBy, bookingLimit, previewBytes, publishUrl, compat,
        upkeep, callers);
  }

  /** The name of something of this market: {@code base} for the default one, {@code base.market} for others. */
  public String named(String base) {
    return further().map(name -> base + "." + name).orElse(base);
  }

  /** The path of something of this market: {@code base} for the default one, {@code base/markets/market} for others. */
  public String path(String base) {
    return further().map(name -> base + "/markets/" + name).orElse(base);
  }

  /** The market's name, unless it is the default one. */
  public Optional<String> further() {
    return Optional.of(market).filter(name -> !name.equals(DEFAULT));
  }

  /** What an operator should know of these settings. */
  public Optional<String> warning() {
    return Stream.concat(
        Stream.of("jwt-secret").filter(_ -> isShort(tokenKeys.signing())),
        Stream.of("jwt-secret-before").filter(_ -> tokenKeys.before().stream().anyMatch(DatatrustConfig::isShort)))
        .reduce((first, second) -> first + " and the " + second)
        .map(which -> "too short is the " + which
            + "; whoever guesses it can log in as anybody. Use 32 characters or more");
  }

  private static boolean isShort(Secret secret) {
    return secret.reveal().length() < SHORTEST_SECRET;
  }
}

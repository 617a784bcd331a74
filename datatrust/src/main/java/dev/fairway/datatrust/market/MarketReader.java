package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * What the market's contracts answer, as of one block. Throws what {@link EthereumRpc} throws, and {@code CONFIGURATION} when
 * a contract is not what its address was said to be. Keeps nothing; safe for many threads.
 */
public final class MarketReader {
  private static final Address NOBODY = new Address("0x" + "0".repeat(40));
  private static final Hash NOTHING = new Hash("0x" + "0".repeat(64));

  private final EthereumRpc rpc;
  private final MarketContracts contracts;
  private final String block;

  private MarketReader(EthereumRpc rpc, MarketContracts contracts, String block) {
    this.rpc = rpc;
    this.contracts = contracts;
    this.block = block;
  }

  /** As of the newest block, which a fork may still take back. */
  public static MarketReader latest(EthereumRpc rpc, MarketContracts contracts) {
    return new MarketReader(rpc, contracts, "latest");
  }

  /** As of a block. */
  public MarketReader at(long number) {
    return new MarketReader(rpc, contracts, dev.fairway.evm.Hex.of(number));
  }

  public MarketContracts contracts() {
    return contracts;
  }

  private Abi.Words ask(Address contract, int words, String signature, Object... arguments) {
    return Abi.Words.of(signature, rpc.read(Optional.empty(), contract, Abi.call(signature, arguments), block), words);
  }

  private BigInteger number(Address contract, String signature, Object... arguments) {
    return ask(contract, 1, signature, arguments).number(0);
  }

  /** Who holds the market's data; empty before anybody was elected. */
  public Optional<Address> backend() {
    return somebody(ask(contracts.datatrust(), 1, "getBackendAddress()").address(0));
  }

  public String backendUrl() {
    return Abi.text(rpc.read(Optional.empty(), contracts.datatrust(), Abi.call("getBackendUrl()"), block));
  }

  public Optional<Hash> dataHash(Hash listing) {
    Hash hash = ask(contracts.datatrust(), 1, "getDataHash(bytes32)", listing).hash(0);
    return Optional.of(hash).filter(known -> !known.equals(NOTHING));
  }

  public boolean isListed(Hash listing) {
    return ask(contracts.listing(), 1, "isListed(bytes32)", listing).flag(0);
  }

  /** @param supply market token the listing holds */
  public record ListingState(Address owner, BigInteger supply) {}

  /** Empty when it is not listed. */
  public Optional<ListingState> listing(Hash listing) {
    Abi.Words words = ask(contracts.listing(), 2, "getListing(bytes32)", listing);
    return somebody(words.address(0)).map(owner -> new ListingState(owner, words.number(1)));
  }

  /** Empty when there is no such candidate. */
  public Optional<Candidate> candidate(Hash hash) {
    Abi.Words words = ask(contracts.voting(), 6, "getCandidate(bytes32)", hash);
    return CandidateKind.numbered(words.number(0).min(BigInteger.TEN).longValue())
        .map(kind -> new Candidate(kind, words.address(1), words.number(2),
            Instant.ofEpochSecond(words.number(3).min(BigInteger.valueOf(Instant.MAX.getEpochSecond())).longValue()),
            words.number(4), words.number(5)));
  }

  /** Whether the candidate would pass if its poll ended now. */
  public boolean didPass(Hash hash) {
    return ask(contracts.voting(), 1, "didPass(bytes32,uint256)", hash, plurality()).flag(0);
  }

  /** Empty when nobody requested it, or it is done. */
  public Optional<Purchase> purchase(Hash delivery) {
    Abi.Words words = ask(contracts.datatrust(), 3, "getDelivery(bytes32)", delivery);
    return somebody(words.address(0)).map(owner -> new Purchase(owner, words.number(1), words.number(2)));
  }

  /** Bytes an account has bought and not been given, over all its purchases. */
  public BigInteger bytesPurchased(Address buyer) {
    return number(contracts.datatrust(), "getBytesPurchased(address)", buyer);
  }

  public BigInteger accessReward(Hash listing) {
    return number(contracts.datatrust(), "getAccessRewardEarned(bytes32)", listing);
  }

  public BigInteger marketToken(Address holder) {
    return number(contracts.marketToken(), "balanceOf(address)", holder);
  }

  public BigInteger marketTokenSupply() {
    return number(contracts.marketToken(), "totalSupply()");
  }

  public BigInteger marketTokenAllowance(Address owner, Address spender) {
    return number(contracts.marketToken(), "allowance(address,address)", owner, spender);
  }

  public BigInteger etherToken(Address holder) {
    return number(contracts.etherToken(), "balanceOf(address)", holder);
  }

  public BigInteger supportPrice() {
    return number(contracts.reserve(), "getSupportPrice()");
  }

  public BigInteger stake() {
    return number(contracts.parameterizer(), "getStake()");
  }

  public BigInteger costPerByte() {
    return number(contracts.parameterizer(), "getCostPerByte()");
  }

  public BigInteger plurality() {
    return number(contracts.parameterizer(), "getPlurality()");
  }

  /** The figures in force, for people. */
  public MarketParameters parameters() {
    Address at = contracts.parameterizer();
    return new MarketParameters(BigInteger.ZERO, number(at, "getPriceFloor()"),
        number(at, "getSpread()").intValueExact(), number(at, "getListReward()"), stake(),
        java.time.Duration.ofSeconds(number(at, "getVoteBy()").longValueExact()), plurality().intValueExact(),
        number(at, "getBackendPayment()").intValueExact(), number(at, "getMakerPayment()").intValueExact(),
        costPerByte());
  }

  private static Optional<Address> somebody(Address address) {
    return Optional.of(address).filter(known -> !known.equals(NOBODY));
  }
}

package dev.fairway.datatrust.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The market's rules on a real chain, from the election of a datatrust to a maker who leaves; each test goes on where the one
 * before stopped. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MarketLifeTest {
  private static final Hash LISTING = Keccak.hash("a_witch");
  private static final Hash OTHER = Keccak.hash("a_duck");
  private static final Hash DELIVERY = Keccak.hash("monty_pythons_delivery_hash");
  private static final Hash DATA = Keccak.hash("a pony");
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  private static TestMarket market;
  private static MarketContracts at;

  @BeforeAll
  static void deploy() throws Exception {
    market = TestMarket.deploy();
    at = market.contracts;
  }

  @AfterAll
  static void stop() throws Exception {
    market.close();
  }

  private static void refused(Wallet who, Address contract, String data, String why) {
    assertThatThrownBy(() -> who.call(contract, data)).hasMessageContaining(why);
  }

  @Test
  @Order(1)
  void contractsKnowEachOtherAndNobodyCanBindThemAgain() throws Exception {
    assertThat(market.rpc().read(at.marketToken(), Keccak.selector("getPrivileged()")))
        .isEqualTo("0x" + Abi.arguments(at.reserve(), at.listing()));
    assertThat(market.rpc().read(at.voting(), Keccak.selector("getPrivileged()")))
        .isEqualTo("0x" + Abi.arguments(at.parameterizer(), at.datatrust(), at.listing()));
    assertThat(market.rpc().read(at.datatrust(), Keccak.selector("getPrivileged()")))
        .isEqualTo("0x" + Abi.arguments(at.listing()));
    refused(market.owner, at.datatrust(), Abi.call("setPrivileged(address)", market.maker.address()), "set already");
    refused(market.maker, at.datatrust(), Abi.call("setPrivileged(address)", market.maker.address()), "only the");
    refused(market.maker, at.marketToken(), Abi.call("mint(uint256)", ETHER), "only the reserve or the listing");
    assertThat(market.reader().candidate(LISTING)).isEmpty();
    assertThat(market.reader().backend()).isEmpty();
    assertThat(market.reader().parameters()).usingRecursiveComparison().ignoringFields("initialShares")
        .isEqualTo(MarketParameters.DEMO);
  }

  @Test
  @Order(2)
  void supportAtTheFloorMintsSharesForEther() throws Exception {
    Wallet patron = market.wallet(4);
    patron.pay(at.etherToken(), MarketCalls.deposit(), ETHER.multiply(BigInteger.TEN));
    assertThat(market.reader().etherToken(patron.address())).isEqualTo(ETHER.multiply(BigInteger.TEN));
    patron.call(at.etherToken(), MarketCalls.approve(at.reserve(), ETHER.multiply(BigInteger.TEN)));
    patron.call(at.reserve(), MarketCalls.support(ETHER.multiply(BigInteger.TEN)));
    assertThat(market.reader().marketToken(patron.address())).isEqualTo(BigInteger.TEN.pow(16));
    assertThat(market.reader().marketTokenSupply()).isEqualTo(new BigInteger("4010000000000000000"));
    // The floor, and 110 % of what a thousand millionth of a share is worth: ten ether over 4.01 shares.
    BigInteger worth = BigInteger.valueOf(110).multiply(ETHER.multiply(BigInteger.TEN)).multiply(BigInteger.TEN.pow(9))
        .divide(BigInteger.valueOf(100).multiply(new BigInteger("4010000000000000000")));
    assertThat(market.reader().supportPrice()).isEqualTo(BigInteger.TEN.pow(12).add(worth));
  }

  @Test
  @Order(3)
  void datatrustIsElectedByVoteAndNamesItsUrl() throws Exception {
    refused(market.backend, at.datatrust(), MarketCalls.register(TestMarket.DNS), "allowance is too small");
    Hash candidate = Keccak.hash(TestMarket.DNS);
    assertThat(candidate.hex()).isEqualTo("0x115d59da3f425e99e4f15211a898f1f7948a3f486a6e944e8f99004c7ef0fa0f");
    market.giveShares(market.backend, market.parameters.stake());
    market.backend.call(at.marketToken(), MarketCalls.approve(at.voting(), market.parameters.stake()));
    market.backend.call(at.datatrust(), MarketCalls.register(TestMarket.DNS));
    assertThat(market.reader().candidate(candidate)).get().satisfies(registration -> {
      assertThat(registration.kind()).isEqualTo(CandidateKind.REGISTRATION);
      assertThat(registration.owner()).isEqualTo(market.backend.address());
    });
    market.approve(candidate);
    refused(market.owner, at.datatrust(), MarketCalls.resolveRegistration(candidate), "the poll is open");
    market.closePoll();
    market.owner.call(at.datatrust(), MarketCalls.resolveRegistration(candidate));
    assertThat(market.reader().backend()).contains(market.backend.address());
    assertThat(market.reader().backendUrl()).isEmpty();
    refused(market.maker, at.datatrust(), MarketCalls.setBackendUrl("mine"), "only the registered datatrust");
    market.backend.call(at.datatrust(), MarketCalls.setBackendUrl(TestMarket.DNS));
    assertThat(market.reader().backendUrl()).isEqualTo(TestMarket.DNS);
    market.backend.call(at.voting(), MarketCalls.unstake(candidate));
    assertThat(market.reader().marketToken(market.backend.address())).isEqualTo(market.parameters.stake());
    refused(market.backend, at.datatrust(), MarketCalls.register("other"), "registered already");
  }

  @Test
  @Order(4)
  void applicationIsListedOnlyWithItsDataAndTheVotes() throws Exception {
    market.maker.call(at.listing(), MarketCalls.list(OTHER));
    refused(market.buyer, at.listing(), MarketCalls.list(OTHER), "a candidate already");
    market.admit(OTHER);
    assertThat(market.reader().isListed(OTHER)).as("voted for, but nobody holds its data").isFalse();

    market.maker.call(at.listing(), MarketCalls.list(LISTING));
    market.backend.call(at.datatrust(), MarketCalls.setDataHash(LISTING, DATA));
    market.admit(LISTING);
    assertThat(market.reader().dataHash(LISTING)).contains(DATA);
    assertThat(market.reader().listing(LISTING))
        .contains(new MarketReader.ListingState(market.maker.address(), market.parameters.listReward()));
    market.owner.call(at.voting(), MarketCalls.unstake(LISTING));
  }

  @Test
  @Order(5)
  void fourteenBytesAreSplitBetweenReserveMakerAndDatatrust() throws Exception {
    BigInteger reserveBefore = market.reader().etherToken(at.reserve());
    market.buy(market.buyer, DELIVERY, 14);
    assertThat(market.reader().etherToken(at.reserve()).subtract(reserveBefore)).isEqualTo(700_000_000_000L);
    assertThat(market.reader().purchase(DELIVERY))
        .contains(new Purchase(market.buyer.address(), BigInteger.valueOf(14), BigInteger.ZERO));
    refused(market.maker, at.datatrust(), MarketCalls.requestDelivery(DELIVERY, 1), "requested already");
    refused(market.maker, at.datatrust(), MarketCalls.listingAccessed(LISTING, DELIVERY, 14), "only the registered");
    refused(market.backend, at.datatrust(), MarketCalls.listingAccessed(OTHER, DELIVERY, 14), "no data");
    refused(market.backend, at.datatrust(), MarketCalls.listingAccessed(LISTING, DELIVERY, 15), "not enough bytes");
    market.backend.call(at.datatrust(), MarketCalls.listingAccessed(LISTING, DELIVERY, 10));
    refused(market.backend, at.datatrust(), MarketCalls.delivered(DELIVERY, DATA), "not delivered yet");
    market.backend.call(at.datatrust(), MarketCalls.listingAccessed(LISTING, DELIVERY, 4));
    market.backend.call(at.datatrust(), MarketCalls.delivered(DELIVERY, DATA));
    assertThat(market.reader().purchase(DELIVERY)).isEmpty();
    assertThat(market.reader().bytesPurchased(market.buyer.address())).isZero();
    assertThat(market.reader().etherToken(market.backend.address())).isEqualTo(350_000_000_000L);
    assertThat(market.reader().accessReward(LISTING)).isEqualTo(350_000_000_000L);
    assertThat(market.reader().etherToken(at.datatrust())).isEqualTo(350_000_000_000L);
  }

  @Test
  @Order(6)
  void makerTurnsRewardsIntoSharesOnceTheyAreWorthAShare() throws Exception {
    refused(market.maker, at.listing(), MarketCalls.claimAccessReward(LISTING), "below the support price");
    market.buy(market.buyer, DELIVERY, 40_000_000_000L);
    market.backend.call(at.datatrust(), MarketCalls.listingAccessed(LISTING, DELIVERY, 40_000_000_000L));
    refused(market.buyer, at.listing(), MarketCalls.claimAccessReward(LISTING), "only the listing's owner");
    BigInteger fee = market.reader().accessReward(LISTING);
    BigInteger price = market.reader().supportPrice();
    market.maker.call(at.listing(), MarketCalls.claimAccessReward(LISTING));
    BigInteger minted = fee.multiply(BigInteger.TEN.pow(9)).divide(price);
    assertThat(market.reader().listing(LISTING)).get().extracting(MarketReader.ListingState::supply)
        .isEqualTo(market.parameters.listReward().add(minted));
    assertThat(market.reader().accessReward(LISTING)).isZero();
  }

  @Test
  @Order(7)
  void failedChallengeGivesTheChallengersStakeToTheMaker() throws Exception {
    Wallet challenger = market.backend;
    challenger.call(at.marketToken(), MarketCalls.approve(at.voting(), market.parameters.stake()));
    challenger.call(at.listing(), MarketCalls.challenge(LISTING));
    refused(market.maker, at.listing(), MarketCalls.exit(LISTING), "it is challenged");
    market.vote(LISTING, MarketCalls.NAY);
    market.closePoll();
    market.maker.call(at.listing(), MarketCalls.resolveChallenge(LISTING));
    assertThat(market.reader().isListed(LISTING)).isTrue();
    market.maker.call(at.voting(), MarketCalls.unstake(LISTING));
    assertThat(market.reader().marketToken(market.maker.address())).isEqualTo(market.parameters.stake());
    refused(challenger, at.voting(), MarketCalls.unstake(LISTING), "no stake");
  }

  @Test
  @Order(8)
  void figuresChangeByVoteWithinLimits() throws Exception {
    market.giveShares(market.backend, market.parameters.stake());
    market.backend.call(at.marketToken(), MarketCalls.approve(at.voting(), market.parameters.stake()));
    market.backend.call(at.parameterizer(), MarketCalls.reparameterize(6, BigInteger.valueOf(51)));
    Hash candidate = new Hash("0x0addcb61982bd73106a043cdb4da9f0191d61aafe32de466c926644244108421");
    assertThat(market.reader().candidate(candidate)).get().extracting(Candidate::kind).isEqualTo(CandidateKind.REPARAM);
    market.approve(candidate);
    market.closePoll();
    market.owner.call(at.parameterizer(), MarketCalls.resolveReparam(candidate));
    assertThat(market.reader().plurality()).isEqualTo(51);
  }

  @Test
  @Order(9)
  void successfulChallengeRemovesAndPaysOut() throws Exception {
    BigInteger supply = market.reader().listing(LISTING).orElseThrow().supply();
    BigInteger before = market.reader().marketToken(market.maker.address());
    Wallet challenger = market.wallet(5);
    market.giveShares(challenger, market.parameters.stake());
    challenger.call(at.marketToken(), MarketCalls.approve(at.voting(), market.parameters.stake()));
    challenger.call(at.listing(), MarketCalls.challenge(LISTING));
    market.approve(LISTING);
    market.closePoll();
    market.maker.call(at.listing(), MarketCalls.resolveChallenge(LISTING));
    assertThat(market.reader().isListed(LISTING)).isFalse();
    assertThat(market.reader().dataHash(LISTING)).isEmpty();
    assertThat(market.reader().marketToken(market.maker.address())).isEqualTo(before.add(supply));
  }

  @Test
  @Order(10)
  void makerListsAgainAndLeaves() throws Exception {
    market.maker.call(at.listing(), MarketCalls.list(LISTING));
    market.backend.call(at.datatrust(), MarketCalls.setDataHash(LISTING, DATA));
    market.admit(LISTING);
    assertThat(market.reader().isListed(LISTING)).isTrue();
    market.maker.call(at.listing(), MarketCalls.exit(LISTING));
    assertThat(market.reader().isListed(LISTING)).isFalse();
    assertThat(market.reader().dataHash(LISTING)).isEmpty();
  }

  @Test
  @Order(11)
  void votersGetTheirStakesBackAndPatronsTheirShare() throws Exception {
    market.owner.call(at.voting(), MarketCalls.unstake(LISTING));
    Wallet patron = market.wallet(4);
    BigInteger shares = market.reader().marketToken(patron.address());
    BigInteger expected = shares.multiply(market.reader().etherToken(at.reserve()))
        .divide(market.reader().marketTokenSupply());
    patron.call(at.reserve(), Abi.call("withdraw()"));
    assertThat(market.reader().etherToken(patron.address())).isEqualTo(expected);
    assertThat(market.reader().marketToken(patron.address())).isZero();
    market.pass(Duration.ofSeconds(1));
  }
}

package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import java.math.BigInteger;

/** What the market's contracts take, as call data. Named as the contracts name it. */
public final class MarketCalls {
  /** A vote for the candidate. */
  public static final int YEA = 1;
  /** A vote against it. */
  public static final int NAY = 0;

  private MarketCalls() {}

  public static String approve(Address spender, BigInteger amount) {
    return Abi.call("approve(address,uint256)", spender, amount);
  }

  public static String transfer(Address to, BigInteger amount) {
    return Abi.call("transfer(address,uint256)", to, amount);
  }

  /** Of the ether token; the wei sent along become token. */
  public static String deposit() {
    return Abi.call("deposit()");
  }

  /** Of the reserve: ether token for market token. */
  public static String support(BigInteger offer) {
    return Abi.call("support(uint256)", offer);
  }

  public static String vote(Hash candidate, int option) {
    return Abi.call("vote(bytes32,uint256)", candidate, option);
  }

  public static String unstake(Hash candidate) {
    return Abi.call("unstake(bytes32)", candidate);
  }

  public static String reparameterize(int parameter, BigInteger value) {
    return Abi.call("reparameterize(uint256,uint256)", parameter, value);
  }

  public static String resolveReparam(Hash candidate) {
    return Abi.call("resolveReparam(bytes32)", candidate);
  }

  public static String list(Hash listing) {
    return Abi.call("list(bytes32)", listing);
  }

  public static String resolveApplication(Hash listing) {
    return Abi.call("resolveApplication(bytes32)", listing);
  }

  public static String challenge(Hash listing) {
    return Abi.call("challenge(bytes32)", listing);
  }

  public static String resolveChallenge(Hash listing) {
    return Abi.call("resolveChallenge(bytes32)", listing);
  }

  public static String exit(Hash listing) {
    return Abi.call("exit(bytes32)", listing);
  }

  public static String claimAccessReward(Hash listing) {
    return Abi.call("claimAccessReward(bytes32)", listing);
  }

  public static String withdrawFromListing(Hash listing, BigInteger amount) {
    return Abi.call("withdrawFromListing(bytes32,uint256)", listing, amount);
  }

  public static String register(String url) {
    return Abi.call("register(string)", url);
  }

  public static String resolveRegistration(Hash candidate) {
    return Abi.call("resolveRegistration(bytes32)", candidate);
  }

  public static String setBackendUrl(String url) {
    return Abi.call("setBackendUrl(string)", url);
  }

  public static String setDataHash(Hash listing, Hash data) {
    return Abi.call("setDataHash(bytes32,bytes32)", listing, data);
  }

  public static String requestDelivery(Hash delivery, long bytes) {
    return Abi.call("requestDelivery(bytes32,uint256)", delivery, bytes);
  }

  public static String listingAccessed(Hash listing, Hash delivery, long bytes) {
    return Abi.call("listingAccessed(bytes32,bytes32,uint256)", listing, delivery, bytes);
  }

  public static String delivered(Hash delivery, Hash url) {
    return Abi.call("delivered(bytes32,bytes32)", delivery, url);
  }
}

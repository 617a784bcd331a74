package dev.fairway.datatrust.market;

import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.LogEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a market's contracts tell. The first topic after the event's own is the hash it is about. */
public enum MarketEvent {
  /** A poll was opened: kind, owner, its end. */
  CANDIDATE_ADDED("CandidateAdded(bytes32,uint256,address,uint256)"),
  /** A poll was resolved. */
  CANDIDATE_REMOVED("CandidateRemoved(bytes32)"),
  /** Somebody voted; how is not told. */
  VOTED("Voted(bytes32,address)"),
  /** A figure is to change; here the hash comes second. */
  REPARAM_PROPOSED("ReparamProposed(address,bytes32,uint256,uint256)"),
  /** A figure stays. */
  REPARAM_FAILED("ReparamFailed(bytes32,uint256,uint256)"),
  /** A figure has changed. */
  REPARAM_SUCCEEDED("ReparamSucceeded(bytes32,uint256,uint256)"),
  /** Somebody stands for datatrust. */
  REGISTERED("Registered(bytes32,address)"),
  /** Somebody is the datatrust now. */
  REGISTRATION_SUCCEEDED("RegistrationSucceeded(bytes32,address)"),
  /** Somebody did not become the datatrust. */
  REGISTRATION_FAILED("RegistrationFailed(bytes32,address)"),
  /** A purchase is done and the datatrust paid. */
  DELIVERED("Delivered(bytes32,address,bytes32)"),
  /** Bytes of a listing were given out on a purchase. */
  LISTING_ACCESSED("ListingAccessed(bytes32,bytes32,uint256)"),
  /** Somebody wants something listed. */
  APPLIED("Applied(bytes32,address)"),
  /** It was not listed. */
  APPLICATION_FAILED("ApplicationFailed(bytes32,address)"),
  /** It was listed. */
  LISTED("Listed(bytes32,address,uint256)"),
  /** It is listed no more. */
  LISTING_REMOVED("ListingRemoved(bytes32)"),
  /** Somebody wants it removed. */
  CHALLENGED("Challenged(bytes32,address)"),
  /** It stays. */
  CHALLENGE_FAILED("ChallengeFailed(bytes32,address)"),
  /** It was voted out. */
  CHALLENGE_SUCCEEDED("ChallengeSucceeded(bytes32,address)"),
  /** Its maker was paid. */
  ACCESS_REWARD_CLAIMED("AccessRewardClaimed(bytes32,uint256,uint256)"),
  /** Its maker took market token out of it. */
  WITHDRAWN_FROM_LISTING("WithdrawnFromListing(bytes32,address,uint256)");

  private static final Map<Hash, MarketEvent> BY_TOPIC = Arrays.stream(values())
      .collect(Collectors.toUnmodifiableMap(MarketEvent::topic, Function.identity()));

  private final String signature;
  @SuppressWarnings("ImmutableEnumChecker") // it is
  private final Hash topic;

  MarketEvent(String signature) {
    this.signature = signature;
    this.topic = Keccak.hash(signature);
  }

  public Hash topic() {
    return topic;
  }

  /** As the contract names it, {@code CandidateAdded}. */
  public String title() {
    return signature.substring(0, signature.indexOf('('));
  }

  public static List<Hash> topics() {
    return Arrays.stream(values()).map(MarketEvent::topic).toList();
  }

  /** Which event a log tells; empty for one of somebody else's. */
  public static Optional<MarketEvent> of(LogEntry log) {
    return log.topics().isEmpty() ? Optional.empty() : Optional.ofNullable(BY_TOPIC.get(log.topics().getFirst()));
  }
}

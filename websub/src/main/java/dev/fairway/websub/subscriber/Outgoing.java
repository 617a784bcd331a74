package dev.fairway.websub.subscriber;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One subscription of this node at a hub, as it stands.
 *
 * @param version grows with each change, so that a late answer does not undo a newer state
 * @param nextDue when something is to be done about it next
 * @param secret signs notifications; sealed
 * @param previousSecret counts until {@code previousUntil}; sealed
 * @param pendingSecret sent to the hub, which has not asked back yet; sealed
 * @param pendingMode what the hub was asked to do last
 * @param pendingTopics the spellings under which it may ask back
 * @param pendingUntil until when it may ask back
 */
public record Outgoing(String id, String channel, String topic, Source source, long version, State state,
    Instant nextDue, String token, Optional<String> secret, Optional<String> previousSecret, Instant previousUntil,
    Optional<String> pendingSecret, Optional<String> pendingMode, List<String> pendingTopics, Instant pendingUntil,
    Duration requestedLease, Optional<Duration> grantedLease, Optional<Instant> verifiedAt, Optional<Instant> expiresAt,
    int failures, Optional<String> lastError) {

  /** How far a subscription has come. */
  public enum State {
    /** Asked for, not verified, or run out. */
    PENDING,
    /** Verified, and its lease runs. */
    ACTIVE,
    /** Refused by the hub; asked for again from time to time. */
    DENIED,
    /** No longer wanted; the hub is being told. */
    REMOVING,
    /** Unsubscribed; kept for a while, because the hub may ask again. */
    REMOVED
  }

  boolean wanted() {
    return state != State.REMOVING && state != State.REMOVED;
  }

  /** Whether the hub may ask back about this topic in this mode now. */
  boolean awaits(String mode, String askedTopic, Instant now) {
    return pendingMode.filter(mode::equals).isPresent() && now.isBefore(pendingUntil) && names(askedTopic);
  }

  boolean names(String askedTopic) {
    return pendingTopics.stream().anyMatch(askedTopic::equalsIgnoreCase);
  }

  /** The same state under another version. */
  Outgoing atVersion(long newVersion) {
    return new Outgoing(id, channel, topic, source, newVersion, state, nextDue, token, secret, previousSecret,
        previousUntil, pendingSecret, pendingMode, pendingTopics, pendingUntil, requestedLease, grantedLease,
        verifiedAt,
        expiresAt, failures, lastError);
  }

  /** A subscription nothing has been done about yet. */
  static Outgoing fresh(Wanted wanted, String sealedToken, Duration lease, Instant now) {
    return new Outgoing(wanted.id(), wanted.channel(), wanted.topic(), wanted.source(), 0, State.PENDING, now,
        sealedToken,
        Optional.empty(), Optional.empty(), Instant.EPOCH, Optional.empty(), Optional.empty(), List.of(wanted.topic()),
        Instant.EPOCH, lease, Optional.empty(), Optional.empty(), Optional.empty(), 0, Optional.empty());
  }

  /** The hub is about to be asked to subscribe. A secret it has not verified yet is sent again. */
  Outgoing asking(List<String> topics, String sealedSecret, Instant askedAgainAt, Instant until, Instant now) {
    boolean unanswered = pendingSecret.isPresent();
    boolean lapsed = expiresAt.filter(now::isBefore).isEmpty();
    return new Outgoing(id, channel, topic, source, version, lapsed ? State.PENDING : State.ACTIVE, askedAgainAt, token,
        secret, previousSecret, previousUntil, Optional.of(pendingSecret.orElse(sealedSecret)),
        Optional.of("subscribe"),
        topics, until, requestedLease, grantedLease, verifiedAt, expiresAt, unanswered ? failures + 1 : failures,
        unanswered ? lastError.or(() -> Optional.of("the hub did not ask back")) : lastError);
  }

  /** The hub is about to be asked to unsubscribe. */
  Outgoing leaving(Instant askedAgainAt, Instant until) {
    return new Outgoing(id, channel, topic, source, version, State.REMOVING, askedAgainAt, token, secret,
        previousSecret,
        previousUntil, Optional.empty(), Optional.of("unsubscribe"), pendingTopics, until, requestedLease, grantedLease,
        verifiedAt, expiresAt, failures, lastError);
  }

  /** The hub asked back, and is told yes. The new secret counts from now on, and the old one for a while. */
  Outgoing verified(Duration granted, Instant renewAt, Instant previousCountsUntil, Instant now) {
    boolean first = pendingSecret.isPresent();
    return new Outgoing(id, channel, topic, source, version, State.ACTIVE, renewAt, token,
        first ? pendingSecret : secret, first ? secret : previousSecret, first ? previousCountsUntil : previousUntil,
        Optional.empty(), pendingMode, pendingTopics, pendingUntil, requestedLease, Optional.of(granted),
        Optional.of(now), Optional.of(now.plus(granted)), 0, Optional.empty());
  }

  /** The hub refused. */
  Outgoing denied(String reason, Instant askAgainAt) {
    return new Outgoing(id, channel, topic, source, version, State.DENIED, askAgainAt, token, secret, previousSecret,
        previousUntil, Optional.empty(), Optional.empty(), pendingTopics, Instant.EPOCH, requestedLease, grantedLease,
        verifiedAt, Optional.empty(), failures + 1, Optional.of("denied: " + reason));
  }

  /** The hub could not be asked, or did not take the request. */
  Outgoing failed(String why, Instant askAgainAt) {
    return new Outgoing(id, channel, topic, source, version, state, askAgainAt, token, secret, previousSecret,
        previousUntil, pendingSecret, pendingMode, pendingTopics, pendingUntil, requestedLease, grantedLease,
        verifiedAt,
        expiresAt, failures + 1, Optional.of(why));
  }

  /** It is no longer wanted. */
  Outgoing unwanted(Instant now) {
    return new Outgoing(id, channel, topic, source, version, State.REMOVING, now, token, secret, previousSecret,
        previousUntil, Optional.empty(), Optional.empty(), pendingTopics, Instant.EPOCH, requestedLease, grantedLease,
        verifiedAt, expiresAt, 0, Optional.empty());
  }

  /** It is wanted again. */
  Outgoing wantedAgain(Instant now) {
    return new Outgoing(id, channel, topic, source, version, State.PENDING, now, token, secret, previousSecret,
        previousUntil, Optional.empty(), Optional.empty(), pendingTopics, Instant.EPOCH, requestedLease, grantedLease,
        verifiedAt, expiresAt, 0, Optional.empty());
  }

  /** The hub has let go of it. */
  Outgoing removed() {
    return new Outgoing(id, channel, topic, source, version, State.REMOVED, pendingUntil, token, Optional.empty(),
        Optional.empty(), Instant.EPOCH, Optional.empty(), pendingMode, pendingTopics, pendingUntil, requestedLease,
        Optional.empty(), verifiedAt, Optional.empty(), 0, Optional.empty());
  }
}

package dev.fairway.exchange.delivery;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.PostResult;
import dev.fairway.exchange.meter.ChannelMeters;
import dev.fairway.exchange.routing.ChannelFacts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A channel as this node uses it: under its configured id, between known participants, with what the last calls said of
 * its health. Safe for many threads.
 */
public final class ChannelPort {
  /** Tells the journal that a channel whose endpoint we serve has something about a message. */
  public static final String SHOWN = "exchange.channel.shown";

  /** So many failures in a row make a channel the last choice, for as long as this. */
  private static final int FAILURES = 3;
  private static final Duration REST = Duration.ofSeconds(30);

  private final String id;
  private final Channel channel;
  private final Set<Jurisdiction> participants;
  private final Uncertain uncertain;
  private final boolean served;
  private final ChannelMeters meters;
  private volatile Health health = new Health(0, Instant.EPOCH, "");
  private volatile Optional<String> maintenance = Optional.empty();

  /** What to do when a channel that knows no keys may have a message, and cannot be asked. */
  public enum Uncertain {
    /** Set the message aside for an operator. It may arrive late, and never twice. */
    HOLD,
    /** Send it again. It may arrive twice, and never late. */
    RESEND
  }

  private record Health(int failures, Instant last, String why) {}

  /** One that nobody measures. */
  public ChannelPort(String id, Channel channel, Set<Jurisdiction> participants, Uncertain uncertain,
      boolean served) {
    this(id, channel, participants, uncertain, served, new CompositeMeterRegistry());
  }

  /** @param served whether this node serves the channel's endpoint, so that others subscribe here */
  public ChannelPort(String id, Channel channel, Set<Jurisdiction> participants, Uncertain uncertain, boolean served,
      MeterRegistry meters) {
    this.served = served;
    this.id = id;
    this.channel = channel;
    this.participants = Set.copyOf(participants);
    this.uncertain = uncertain;
    this.meters = new ChannelMeters(meters, id, () -> trouble().isPresent());
  }

  public String id() {
    return id;
  }

  public Channel channel() {
    return channel;
  }

  public Set<Jurisdiction> participants() {
    return participants;
  }

  /** Whether this node serves the channel's endpoint. */
  public boolean served() {
    return served;
  }

  Uncertain uncertain() {
    return uncertain;
  }

  boolean keepsKeys() {
    return channel.capabilities().idempotent();
  }

  boolean mayRevoke() {
    return channel.capabilities().finality() == ChannelCapabilities.Finality.PROBABILISTIC;
  }

  /** Hands a message over. */
  PostResult post(Envelope envelope) {
    return meters.post(() -> channel.post(envelope));
  }

  /** The channel showed a message, or a change of one. */
  void shown(ChannelStatus status) {
    meters.shown(status);
  }

  void works() {
    if (health.failures != 0) {
      health = new Health(0, Instant.EPOCH, "");
    }
  }

  synchronized void fails(Instant now, String why) {
    health = new Health(health.failures + 1, now, why);
  }

  /** Takes the channel out of use, with a reason for people, or back into use. */
  public void maintenance(Optional<String> reason) {
    maintenance = reason;
  }

  public Optional<String> maintenance() {
    return maintenance;
  }

  /** What failed last, while calls keep failing; or what the channel itself knows to be wrong. */
  public Optional<String> trouble() {
    Health now = health;
    return switch (now.failures) {
      case 0 -> channel.trouble();
      case 1 -> Optional.of("1 failure: " + now.why);
      default -> Optional.of(now.failures + " failures in a row: " + now.why);
    };
  }

  /** Whether calls have failed so often that another channel is to be preferred for now. */
  boolean unreachable(Instant now) {
    Health seen = health;
    return seen.failures >= FAILURES && seen.last.plus(REST).isAfter(now);
  }

  /** What routing must know. */
  public ChannelFacts facts(Instant now) {
    return new ChannelFacts(id, participants, channel.capabilities().maxBytes(), maintenance,
        unreachable(now) ? trouble() : Optional.empty(), Optional.empty(), Optional.empty());
  }
}

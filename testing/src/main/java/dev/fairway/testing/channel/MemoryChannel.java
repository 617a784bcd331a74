package dev.fairway.testing.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One participant's end of a {@link MemoryMedium}. It keeps the whole contract, and can be told to fail the way networks
 * do. Safe for many threads.
 */
public final class MemoryChannel implements Channel {
  /** What happens to a call. */
  public enum Fault {
    /** Nothing bad. */
    NONE,
    /** It does not get through. */
    DOWN,
    /** It gets through and the answer is lost. */
    ANSWER_LOST
  }

  private final MemoryMedium medium;
  private final Jurisdiction own;
  private final Set<Jurisdiction> participants;
  private final ChannelCapabilities capabilities;
  private volatile Supplier<Fault> weather = () -> Fault.NONE;
  private volatile boolean keepsKeys = true;

  public MemoryChannel(MemoryMedium medium, Jurisdiction own, Set<Jurisdiction> participants) {
    this(medium, own, participants,
        new ChannelCapabilities(true, true, true, ChannelCapabilities.Finality.IMMEDIATE, 64 * 1024));
  }

  public MemoryChannel(MemoryMedium medium, Jurisdiction own, Set<Jurisdiction> participants,
      ChannelCapabilities capabilities) {
    this.medium = medium;
    this.own = own;
    this.participants = Set.copyOf(participants);
    this.capabilities = capabilities;
  }

  /** Asked before each call what shall happen to it. */
  public void weather(Supplier<Fault> source) {
    weather = Objects.requireNonNull(source);
  }

  /** Makes it break its promise about keys, to show that a test notices. */
  public void forgetKeys() {
    keepsKeys = false;
  }

  @Override
  public ChannelCapabilities capabilities() {
    return capabilities;
  }

  @Override
  public PostResult post(Envelope envelope) {
    Fault fault = weather.get();
    if (fault == Fault.DOWN) {
      return new PostResult.Unavailable(Optional.empty(), "the memory channel is down");
    }
    if (!envelope.message().sender().equals(own)) {
      return new PostResult.Refused("message.sender != " + own);
    }
    if (!participants.contains(envelope.message().receiver())) {
      return new PostResult.Refused(envelope.message().receiver() + " is not a participant");
    }
    Optional<ChannelMessage> before = medium.findByKey(own, envelope.idempotencyKey());
    if (keepsKeys && before.isPresent() && !before.get().message().equals(envelope.message())) {
      return new PostResult.Refused("the key " + envelope.idempotencyKey() + " stands for another message");
    }
    Envelope carried = new Envelope(envelope.message(),
        capabilities.carriesSenderRef() ? envelope.senderRef() : Optional.empty(),
        keepsKeys ? envelope.idempotencyKey() : envelope.idempotencyKey() + "#" + medium.all().size());
    ChannelStatus first = capabilities.finality() == ChannelCapabilities.Finality.IMMEDIATE
        ? ChannelStatus.CONFIRMED
        : ChannelStatus.RECEIVED;
    ChannelMessage posted = medium.append(carried, first);
    return fault == Fault.ANSWER_LOST
        ? new PostResult.Unknown("the answer was lost")
        : new PostResult.Accepted(posted.id(), posted.status());
  }

  @Override
  public Optional<ChannelMessage> find(String id) {
    checkWeather();
    return medium.find(id).filter(this::mayRead);
  }

  @Override
  public Optional<ChannelMessage> findByKey(String idempotencyKey) {
    checkWeather();
    return medium.findByKey(own, idempotencyKey);
  }

  @Override
  public Observation observe(Jurisdiction receiver, String cursor, int limit) {
    checkWeather();
    return medium.observe(receiver, cursor, limit);
  }

  @Override
  public Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    checkWeather();
    return medium.observeSent(sender, cursor, limit);
  }

  @Override
  public AutoCloseable onChange(Jurisdiction receiver, Runnable hint) {
    return medium.listen(receiver, hint);
  }

  @Override
  public void close() {}

  private boolean mayRead(ChannelMessage message) {
    return message.message().sender().equals(own) || message.message().receiver().equals(own);
  }

  private void checkWeather() {
    if (weather.get() != Fault.NONE) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the memory channel is down");
    }
  }
}

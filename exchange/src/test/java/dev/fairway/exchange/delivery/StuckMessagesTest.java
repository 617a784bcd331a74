package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.exchange.meter.MessageGauges;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.channel.MemoryChannel;
import dev.fairway.testing.channel.MemoryChannel.Fault;
import dev.fairway.testing.channel.MemoryMedium;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator's alarms can know of messages that do not get on. */
class StuckMessagesTest {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final ChannelCapabilities CHAIN = new ChannelCapabilities(true, true, true,
      ChannelCapabilities.Finality.PROBABILISTIC, 64_000);

  @TempDir
  Path folder;
  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MemoryMedium medium = new MemoryMedium(clock);
  private final MemoryChannel channel = new MemoryChannel(medium, AU, Set.of(AU, SG), CHAIN);
  private SimNode au;
  private MessageGauges gauges;

  @BeforeEach
  void start() {
    Rule rule = Rule.to("all", Match.ANY, List.of("chain")).withRetry(new Rule.Retry(1_000, Duration.ofDays(7)));
    au = new SimNode(folder, AU, clock, List.of(rule),
        List.of(new ChannelPort("chain", channel, Set.of(AU, SG), ChannelPort.Uncertain.HOLD, false, meters)));
    gauges = new MessageGauges(au.messages, Set.of("chain"), meters, clock);
  }

  @AfterEach
  void stop() {
    au.close();
  }

  private void accepted(String ref) {
    au.accept(new Message(AU, SG, "subject", "a.b.c", "d.e.f"), ref);
  }

  private void pass(Duration time) {
    clock.advance(time);
    au.workers.runAll();
    gauges.refresh();
  }

  private double gauge(String name, String state, String where) {
    return meters.get(name).tag("state", state).tag("channel", where).gauge().value();
  }

  private double trouble() {
    return meters.get("fairway.exchange.channel.trouble").tag("channel", "chain").gauge().value();
  }

  @Test
  void nothingUnderWayIsToldAsNothing() {
    gauges.refresh();
    for (String state : List.of("queued", "sending", "uncertain")) {
      assertThat(gauge("fairway.exchange.messages", state, "")).isZero();
      assertThat(gauge("fairway.exchange.oldest", state, "")).isZero();
    }
    assertThat(gauge("fairway.exchange.messages", "sent", "chain")).isZero();
    assertThat(trouble()).isZero();
  }

  @Test
  void messageThatWaitsForADeadChannelGrowsOldAndTheChannelIsNamed() {
    channel.weather(() -> Fault.DOWN);
    accepted("r1");
    pass(Duration.ZERO);
    pass(Duration.ofHours(2));
    assertThat(gauge("fairway.exchange.oldest", "sending", "")).isEqualTo(7_200);
    assertThat(trouble()).isEqualTo(1);
    assertThat(meters.get("fairway.exchange.post").tags("channel", "chain", "outcome", "unavailable").timer().count())
        .isGreaterThanOrEqualTo(2);

    channel.weather(() -> Fault.NONE);
    pass(Duration.ofMinutes(10));
    assertThat(gauge("fairway.exchange.messages", "sending", "")).isZero();
    assertThat(trouble()).isZero();
  }

  @Test
  void messageItsChannelDoesNotConfirmGrowsOldUnderThatChannel() {
    accepted("r1");
    accepted("r2");
    pass(Duration.ZERO);
    pass(Duration.ofHours(3));
    assertThat(gauge("fairway.exchange.messages", "sent", "chain")).isEqualTo(2);
    assertThat(gauge("fairway.exchange.oldest", "sent", "chain")).isEqualTo(10_800);

    medium.change("1", ChannelStatus.CONFIRMED);
    medium.change("2", ChannelStatus.CONFIRMED);
    pass(Duration.ofMinutes(10));
    assertThat(gauge("fairway.exchange.messages", "sent", "chain")).isZero();
    assertThat(gauge("fairway.exchange.oldest", "sent", "chain")).isZero();
  }

  @Test
  void whatAChannelShowsIsCountedByStatus() {
    accepted("r1");
    pass(Duration.ZERO);
    medium.change("1", ChannelStatus.CONFIRMED);
    medium.change("1", ChannelStatus.REVOKED);
    au.observers.values().forEach(Observer::runOnce);
    assertThat(meters.get("fairway.exchange.shown").tags("channel", "chain", "status", "revoked").counter().count())
        .isEqualTo(1);
  }
}

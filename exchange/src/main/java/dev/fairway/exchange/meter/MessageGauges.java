package dev.fairway.exchange.meter;

import dev.fairway.exchange.message.Messages;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Shows the messages that are under way as gauges, by which an operator is told of those that are stuck. {@link #refresh}
 * reads the database once; call it before a scrape.
 */
public final class MessageGauges {
  private final Messages messages;
  private final Set<String> channels;
  private final InstantSource clock;
  private final MultiGauge count;
  private final MultiGauge age;

  /** @param channels those a message may wait on; they have gauges also while none does */
  public MessageGauges(Messages messages, Set<String> channels, MeterRegistry meters, InstantSource clock) {
    this.messages = messages;
    this.channels = Set.copyOf(channels);
    this.clock = clock;
    this.count = gauge(ExchangeMeter.MESSAGES).register(meters);
    this.age = gauge(ExchangeMeter.OLDEST).baseUnit("seconds").register(meters);
  }

  private static MultiGauge.Builder gauge(ExchangeMeter meter) {
    return MultiGauge.builder(meter.meterName()).description(meter.sentence());
  }

  public void refresh() {
    List<Messages.UnderWay> all = messages.underWay(channels);
    count.register(all.stream().map(one -> MultiGauge.Row.of(tags(one), one.count())).toList(), true);
    age.register(all.stream().map(one -> MultiGauge.Row.of(tags(one), seconds(one))).toList(), true);
  }

  private double seconds(Messages.UnderWay one) {
    return one.oldest().map(since -> Duration.between(since, clock.instant()).toMillis() / 1e3).orElse(0.0);
  }

  private static Tags tags(Messages.UnderWay one) {
    return Tags.of("state", one.state().name().toLowerCase(Locale.ROOT), "channel", one.channel());
  }
}

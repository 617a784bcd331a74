package dev.fairway.exchange.meter;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.PostResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The meters of one channel. All are there from the start, so that an alarm may rely on them. Safe for many threads. */
public final class ChannelMeters {
  private final Map<Outcome, Timer> posts = new EnumMap<>(Outcome.class);
  private final Map<ChannelStatus, Counter> shown = new EnumMap<>(ChannelStatus.class);

  private enum Outcome {
    ACCEPTED, REFUSED, UNAVAILABLE, UNKNOWN;

    static Outcome of(PostResult result) {
      return switch (result) {
        case PostResult.Accepted _ -> ACCEPTED;
        case PostResult.Refused _ -> REFUSED;
        case PostResult.Unavailable _ -> UNAVAILABLE;
        case PostResult.Unknown _ -> UNKNOWN;
      };
    }
  }

  /** @param trouble asked at each scrape; must not wait */
  public ChannelMeters(MeterRegistry meters, String channel, BooleanSupplier trouble) {
    for (Outcome outcome : Outcome.values()) {
      posts.put(outcome, Timer.builder(ExchangeMeter.POST.meterName()).description(ExchangeMeter.POST.sentence())
          .tags("channel", channel, "outcome", label(outcome)).publishPercentiles(0.5, 0.99).register(meters));
    }
    for (ChannelStatus status : ChannelStatus.values()) {
      shown.put(status, Counter.builder(ExchangeMeter.SHOWN.meterName()).description(ExchangeMeter.SHOWN.sentence())
          .tags("channel", channel, "status", label(status)).register(meters));
    }
    Gauge.builder(ExchangeMeter.TROUBLE.meterName(), () -> trouble.getAsBoolean() ? 1 : 0)
        .description(ExchangeMeter.TROUBLE.sentence()).tag("channel", channel).register(meters);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Makes a call that hands a message over, and measures it. */
  public PostResult post(Supplier<PostResult> call) {
    long start = System.nanoTime();
    PostResult result = call.get();
    timer(result).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    return result;
  }

  private Timer timer(PostResult result) {
    return java.util.Objects.requireNonNull(posts.get(Outcome.of(result)));
  }

  /** Counts what the channel showed of a message. */
  public void shown(ChannelStatus status) {
    java.util.Objects.requireNonNull(shown.get(status)).increment();
  }
}

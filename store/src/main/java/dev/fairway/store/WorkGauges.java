package dev.fairway.store;

import dev.fairway.store.meter.StoreMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;

/** Shows the overview of work as gauges. {@link #refresh} reads the database once; call it before a scrape. */
public final class WorkGauges {
  private final WorkOverview overview;
  private final MultiGauge count;
  private final MultiGauge age;

  public WorkGauges(WorkOverview overview, MeterRegistry meters) {
    this.overview = overview;
    this.count = MultiGauge.builder(StoreMeter.WORK.meterName()).description(StoreMeter.WORK.sentence())
        .register(meters);
    this.age = MultiGauge.builder(StoreMeter.AGE.meterName()).description(StoreMeter.AGE.sentence()).baseUnit("seconds")
        .register(meters);
  }

  public void refresh() {
    List<WorkOverview.Count> counts = overview.counts();
    count.register(counts.stream().map(one -> MultiGauge.Row.of(tags(StoreMeter.WORK, one), one.count())).toList(),
        true);
    age.register(
        counts.stream().map(one -> MultiGauge.Row.of(tags(StoreMeter.AGE, one), one.oldest().toMillis() / 1e3))
            .toList(),
        true);
  }

  private static Tags tags(StoreMeter meter, WorkOverview.Count one) {
    return Tags.of(meter.tags(one.kind(), one.state().name().toLowerCase(Locale.ROOT)));
  }
}

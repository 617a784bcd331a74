package dev.fairway.node;

import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.Map;

/** How many requests are in each state, as {@code fairway_request_count}; a state without any is told as zero. */
final class RequestGauges {
  private final RequestBook book;
  private final MultiGauge count;

  RequestGauges(RequestBook book, MeterRegistry meters) {
    this.book = book;
    this.count = MultiGauge.builder("fairway.request.count").description("Requests on ledgers, by their state")
        .register(meters);
  }

  void refresh() {
    Map<RequestState, Long> counts = book.counts();
    count.register(Arrays.stream(RequestState.values())
        .map(state -> MultiGauge.Row.of(Tags.of("state", state.word()), counts.getOrDefault(state, 0L))).toList(),
        true);
  }
}

package dev.fairway.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The timers of one route, one per class of status, looked up once. */
final class RouteTimers {
  private final MeterRegistry meters;
  private final String door;
  private final Route route;
  private final String path;
  private final AtomicReferenceArray<Timer> byClass = new AtomicReferenceArray<>(6);

  RouteTimers(MeterRegistry meters, String door, Route route, String path) {
    this.meters = meters;
    this.door = door;
    this.route = route;
    this.path = path;
  }

  void record(int status, long nanos) {
    int family = Math.clamp(status / 100, 1, 5);
    Timer timer = byClass.get(family);
    if (timer == null) {
      timer = Timer.builder(WebMetric.REQUESTS.id()).description(WebMetric.REQUESTS.meaning())
          .tags("door", door, "method", route.method(), "route", path, "status", family + "xx").register(meters);
      byClass.set(family, timer);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }
}

package dev.fairway.datatrust;

import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcException;
import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** How a market's datatrust does, for gauges: looked at from time to time, so that a scrape asks nobody. Safe for many threads. */
final class Vitals {
  private static final int WEI_DIGITS = 18;

  private final Sources sources;
  private final Upkeep upkeep;
  private volatile Look last = new Look(false, Double.NaN, 0, 0, 0, 0, false);

  /** What is looked at. */
  record Sources(Store store, EthereumRpc rpc, Office office, LongSupplier indexed, Tasks tasks, Deliveries deliveries,
      Uploads uploads, BooleanSupplier trouble) {}

  private record Look(boolean office, double balance, long lag, long stuck, long unpaid, long damaged,
      boolean trouble) {}

  Vitals(Sources sources, DatatrustConfig config, MeterRegistry meters) {
    this.sources = sources;
    this.upkeep = config.upkeep();
    String market = config.market();
    DatatrustMeter.OFFICE.show(meters, market, () -> last.office() ? 1 : 0);
    DatatrustMeter.BALANCE.show(meters, market, () -> last.balance());
    DatatrustMeter.LAG.show(meters, market, () -> last.lag());
    DatatrustMeter.STUCK.show(meters, market, () -> last.stuck());
    DatatrustMeter.UNPAID.show(meters, market, () -> last.unpaid());
    DatatrustMeter.DAMAGED.show(meters, market, () -> last.damaged());
    DatatrustMeter.TROUBLE.show(meters, market, () -> last.trouble() ? 1 : 0);
  }

  /** Looks now. While the chain does not answer, its figures stay those of the last look. */
  void look() {
    double balance = last.balance();
    long lag = last.lag();
    boolean reached = true;
    try {
      balance = new BigDecimal(sources.rpc().balance(sources.office().account()), WEI_DIGITS).doubleValue();
      lag = Math.max(0, sources.rpc().head().number() - sources.indexed().getAsLong());
    } catch (FairwayException | RpcException e) {
      reached = false;
    }
    Instant stuck = sources.store().read(View::now).minus(upkeep.stuckAfter());
    last = new Look(sources.office().isOurs(), balance, lag, sources.tasks().openSince(stuck),
        sources.deliveries().openSince(stuck), sources.uploads().damaged(),
        !reached || sources.trouble().getAsBoolean());
  }
}

package dev.fairway.datatrust;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** Everything a datatrust measures of itself, each by market. Figures of the chain are those of the last look at it. */
public enum DatatrustMeter {
  /** Whether the market has elected this node. */
  OFFICE("fairway.datatrust.office", "flag", "1 while this node is the market's datatrust"),
  /** What the account has to pay for gas with. */
  BALANCE("fairway.datatrust.balance", "ether", "Ether of the account that pays for transactions"),
  /** How far behind the chain the index is. */
  LAG("fairway.datatrust.lag", "blocks", "Blocks of the chain that are not read yet"),
  /** What has not ended for long. */
  STUCK("fairway.datatrust.stuck", "tasks", "Tasks that have not ended in the time they should"),
  /** What was given out and is not on the chain. */
  UNPAID("fairway.datatrust.unpaid", "bookings", "Bookings that are not on the chain in the time they should"),
  /** What cannot be given out. */
  DAMAGED("fairway.datatrust.damaged", "objects", "Stored data that are not what they should be"),
  /** Whether something keeps it from reading or sending. */
  TROUBLE("fairway.datatrust.trouble", "flag", "1 while the chain cannot be read or sent to");

  private final String meterName;
  private final String unit;
  private final String sentence;

  DatatrustMeter(String meterName, String unit, String sentence) {
    this.meterName = meterName;
    this.unit = unit;
    this.sentence = sentence;
  }

  String meterName() {
    return meterName;
  }

  void show(MeterRegistry meters, String market, Supplier<Number> value) {
    Gauge.builder(meterName, value).baseUnit(unit).description(sentence).tag("market", market).register(meters);
  }
}
